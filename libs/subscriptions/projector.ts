import { keyedQueue } from '#lib/async';
import { project, type Projection, type Recorded } from '#lib/event-sourcing';
import type { Batch, EventWrites, Parked } from '#lib/read-models';
import type { ProjectionContext } from './context.js';
import { filterFor } from './filter.js';
import { toParked, type ParkingLot } from './parking-lot.js';
import { readAhead, type PagesAhead } from './pages-ahead.js';
import { unchangedCheckpoint, viewProgress } from './progress.js';
import { Runner, type Run } from './runner.js';
import type { Subscription } from './subscription.js';
import { maxUnrecorded } from './unrecorded.js';

/**
 * Keeps a view up to date: pages of events become a batch of writes, stored in one transaction with the checkpoint.
 * A projection is pure, so an event that it fails on is parked without a retry, which would fail in the same way.
 * `shadow` fills the copy that is being rebuilt.
 */
export const projector = (
  projection: Projection,
  context: ProjectionContext,
  { shadow = false }: { readonly shadow?: boolean } = {},
): Subscription => {
  const { name } = projection.into;
  const target = { subscription: name, collection: name, shadow };
  const pages = keyedQueue();
  /** Whatever its key, a parked event may be handled only between pages: they are applied as a whole. */
  const exclusively = <Result>(_key: string, task: () => Promise<Result>) => pages.run('page', task);

  const batchOf = ({ events, position }: PagesAhead, lot: ParkingLot): Batch => {
    const changes: EventWrites[] = [];
    const park: Parked[] = [];
    const blocked = new Set<string>();
    const now = new Date();
    for (const event of events) {
      const key = event.stream;
      const mustWait = blocked.has(key) || lot.first(key) !== undefined;
      const change = mustWait ? null : attempt(projection, event);
      if (change && 'writes' in change) {
        if (change.writes.length > 0) changes.push(change);
        continue;
      }
      blocked.add(key);
      park.push(toParked(event, key, change ? change.error : null, change ? 1 : 0, now));
    }
    return { changes, checkpoint: position, park, ...target };
  };

  /** Applies a batch while the pages of the next one are being read. */
  const consume = async ({ after, lot, signal, handled }: Run): Promise<void> => {
    const failed = new AbortController();
    let [done, stored, isIndexed] = [after, after, false];
    const apply = async (pages: PagesAhead) => {
      const batch = batchOf(pages, lot);
      if (isDue(batch, stored, maxUnrecorded(context.store))) {
        await context.models.apply(batch);
        stored = batch.checkpoint;
      }
      for (const parked of batch.park ?? []) {
        lot.park(parked);
        context.log.error({ subscription: name, parked }, 'Event parked');
      }
      if (pages.live && !isIndexed) {
        await context.models.buildIndexes(projection.into, { shadow });
        isIndexed = true;
      }
      done = pages.position;
      handled(done, pages.live);
    };
    const ended = AbortSignal.any([signal, failed.signal]);
    const ahead = readAhead((take) => exclusively('', () => apply(take())), {
      signal: ended,
      failed: () => failed.abort(),
    });
    const skippedTo = (position: number): boolean => {
      if (!isIndexed || !ahead.isIdle() || position - stored >= maxUnrecorded(context.store)) return false;
      done = position;
      handled(position, true);
      return true;
    };
    const filter = filterFor(projection.from, projection.on);
    for await (const page of context.reading.subscribe({ after, filter, signal: ended, skippedTo })) {
      ahead.add(page.events, page);
      // At the end of the log, what comes meanwhile is read as one page: a page for each commit would cost more than it says.
      await (page.live ? ahead.rest() : ahead.room());
    }
    await ahead.end();
    if (done > stored) await context.models.apply({ ...target, changes: [], checkpoint: done });
  };

  const handleParked = async (event: Recorded): Promise<void> => {
    const change = { position: event.position, writes: project(projection, event) };
    const unpark = [event.position];
    await context.models.apply({ ...target, changes: [change], checkpoint: unchangedCheckpoint, unpark });
  };

  const progress = viewProgress(context, name, shadow);
  return new Runner({ name, progress, consume, exclusively, handleParked }, context);
};

/** A batch without writes only moves the checkpoint, which is stored now and then: reading those events again does no harm. */
const isDue = ({ changes, park, checkpoint }: Batch, stored: number, maxDistance: number): boolean =>
  changes.length > 0 || (park?.length ?? 0) > 0 || checkpoint - stored >= maxDistance;

const attempt = (projection: Projection, event: Recorded): EventWrites | { readonly error: unknown } => {
  try {
    return { position: event.position, writes: project(projection, event) };
  } catch (error) {
    return { error };
  }
};
