import { START, type Position } from '@eventstore/db-client';
import { matchesEvent, matchesNothing } from '../filter.js';
import type { StoredEvent, Subscribe, SubscriptionPage } from '../port.js';
import type { Connection } from './connection.js';
import type { Decoder } from './decoder.js';
import { positionFrom, positionOf } from './events.js';
import type { Limits } from './limits.js';
import type { LiveFeed } from './live-feed.js';
import type { Names } from './names.js';
import { persistently } from './persistence.js';
import type { LogReads } from './reads.js';

const defaultPageSize = 500;
/** Events that do not match are passed over on the server. After at most so many (the product) it tells how far it has come. */
const window = { maxSearchWindow: 500, checkpointInterval: 10 };

/** What a subscription reads from. */
type Sources = {
  readonly connection: Connection;
  readonly feed: LiveFeed;
  readonly reads: LogReads;
  readonly names: Names;
  readonly decoder: Decoder;
  readonly limits: Limits;
  readonly head: () => Promise<number>;
};

/** Follows the log: from the server until the live feed has all that comes after, and then from the feed. */
export async function* subscription(sources: Sources, options: Subscribe): AsyncGenerator<SubscriptionPage> {
  const { feed, connection } = sources;
  const { pageSize = defaultPageSize } = options;
  const signal = options.signal ? AbortSignal.any([connection.closed, options.signal]) : connection.closed;
  const matches = matcherOf(options);
  let position = options.after;
  let isLive = false;
  try {
    if (!signal.aborted) feed.note(await sources.head()); // live is who has what was there at the start
    while (!signal.aborted) {
      const page = feed.page(position, matches, pageSize);
      if (!page) {
        isLive = false;
        for await (const caught of catchUp(sources, { ...options, after: position }, signal)) {
          if (signal.aborted) return;
          position = caught.position;
          yield caught;
        }
        continue;
      }
      if (page.position > position || (page.live && !isLive)) {
        [position, isLive] = [page.position, page.live];
        yield page;
      } else {
        await feed.beyond(position, signal);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

const matcherOf = ({ stream, filter }: Subscribe): ((event: Pick<StoredEvent, 'stream' | 'type'>) => boolean) => {
  const matches = filter ? matchesEvent(filter) : () => true;
  return (event) => (stream === undefined || event.stream === stream) && matches(event);
};

/** Pages from the server, up to where the feed goes on or further. */
async function* catchUp(sources: Sources, options: Subscribe, signal: AbortSignal): AsyncGenerator<SubscriptionPage> {
  const progress: Progress = { position: options.after, isComplete: false };
  const isNothing = options.filter !== undefined && matchesNothing(options.filter);
  const read = options.stream === undefined ? pagesOfAll : pagesOfStream;
  const target = sources.feed.position;
  if (!isNothing) {
    const part = () => read(sources, options, progress, signal);
    for await (const page of persistently(part, sources.limits, signal)) {
      progress.position = page.position;
      yield page;
    }
  }
  // What the feed had when this began, the server has passed by then.
  if ((progress.isComplete || isNothing) && progress.position < target)
    yield { events: [], position: target, live: false };
}

/** `isComplete`: everything was read that was in the log at the start. */
type Progress = { position: number; isComplete: boolean };

/** By a subscription that the server filters. */
async function* pagesOfAll(
  { connection, feed, names, decoder, reads }: Sources,
  options: Subscribe,
  progress: Progress,
  signal: AbortSignal,
): AsyncGenerator<SubscriptionPage> {
  const matches = matcherOf(options);
  const { pageSize = defaultPageSize } = options;
  const after = progress.position;
  const fromPosition = after === 0 ? START : positionFrom(after);
  let events: StoredEvent[] = [];
  const pageUpTo = (position: number): SubscriptionPage => {
    const page = { events, position, live: false };
    events = [];
    return page;
  };
  for await (const item of connection.follow({ fromPosition, filter: names.filter(options.filter, window) }, signal)) {
    if ('caughtUp' in item) {
      progress.isComplete = true;
      break;
    }
    if ('checkpoint' in item) {
      // Not past the last event of our own: nobody waits for a position that is another program's.
      const position = Math.min(await eventAt(reads, item.checkpoint), feed.position);
      const reached = Math.max(position, events.at(-1)?.position ?? 0);
      if (reached > progress.position) yield pageUpTo(reached);
    } else {
      const decoded = decoder.decode(item);
      if (!decoded || !matches(decoded) || decoded.event.position <= after) continue;
      const last = events.at(-1);
      if (last && decoder.failureOf(decoded)) yield pageUpTo(last.position);
      events.push(decoder.read(decoded));
      if (events.length === pageSize) yield pageUpTo(decoded.event.position);
    }
    if (feed.covers(progress.position)) return;
  }
  const last = events.at(-1);
  if (last) yield pageUpTo(last.position);
}

/** By reading the stream, which is short, from its start. */
async function* pagesOfStream(
  { reads }: Sources,
  options: Subscribe,
  progress: Progress,
  signal: AbortSignal,
): AsyncGenerator<SubscriptionPage> {
  const matches = matcherOf(options);
  const { stream = '', pageSize = defaultPageSize } = options;
  const after = progress.position;
  let events: StoredEvent[] = [];
  for await (const event of reads.stream(stream)) {
    if (signal.aborted) return;
    if (event.position <= after || !matches(event)) continue;
    events.push(event);
    if (events.length < pageSize) continue;
    yield { events, position: event.position, live: false };
    events = [];
  }
  progress.isComplete = true;
  const last = events.at(-1);
  if (last) yield { events, position: last.position, live: false };
}

/**
 * The position of the last event that a checkpoint covers. A checkpoint may lie between two events, where no read could go on from a
 * single number: one is only the place of an event.
 */
const eventAt = async (reads: LogReads, { commit, prepare }: Position): Promise<number> => {
  if (commit === prepare) return Number(commit);
  for await (const event of reads.allBackwards({ commit, prepare: commit })) return positionOf(event);
  return 0;
};
