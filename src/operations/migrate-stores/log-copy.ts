import { createHash } from 'node:crypto';
import { stringify } from 'safe-stable-stringify';
import { CorruptEvent, passedOver, type EventStore, type StoredEvent } from '#lib/event-store';
import { CopyBatch } from './copy-batch.js';
import { MoveRefused } from './move-refused.js';

/** A log that was copied: how many events it has, and the SHA-256 of all of them, in hexadecimal. */
export type LogCopy = {
  readonly events: number;
  readonly sha256: string;
  /** What each of the positions that were asked for is in the copy: that of the last event up to there. */
  readonly positions: ReadonlyMap<number, number>;
};

/** Called for each event or value, with how many are done, and what was done with them. */
export type Progress = (count: number, what: string) => void;

/**
 * Appends what a copy lacks, in the order of the log: it may hold the beginning already, from an earlier try.
 * @throws {MoveRefused} the copy holds something else, an event of the log is damaged, or it is too large for the copy.
 */
export const copyLog = async (log: EventStore, copy: EventStore, progress: Progress): Promise<void> => {
  const copied = copy.readAll()[Symbol.asyncIterator]();
  let batch = new CopyBatch(copy);
  let count = 0;
  let atEnd = false;
  for await (const event of eventsOf(log)) {
    count += 1;
    if (!atEnd) {
      const { value, done } = await copied.next();
      atEnd = done === true;
      if (!atEnd) assertSame(event, value as StoredEvent);
    }
    if (atEnd) {
      if (!batch.takes(event)) {
        await batch.append();
        batch = new CopyBatch(copy);
      }
      batch.add(event);
    }
    progress(count, 'events copied');
  }
  if (!atEnd && !(await copied.next()).done)
    throw new MoveRefused('The target has more events than the log: it is another one');
  await batch.append();
};

/**
 * Appends the events of a log that is in use, up to its present end, to a copy that is empty and counts without gaps. Answers where the wanted
 * positions are in it: that of the last event up to there.
 * @throws {MoveRefused} an event of the log is damaged.
 */
export const copyUpToNow = async (
  log: EventStore,
  copy: EventStore,
  wanted: readonly number[],
): Promise<ReadonlyMap<number, number>> => {
  const { positions, settle } = placesOf(wanted);
  let batch = new CopyBatch(copy);
  let count = 0;
  for await (const event of eventsOf(log)) {
    settle(event.position, count);
    if (!batch.takes(event)) {
      await batch.append();
      batch = new CopyBatch(copy);
    }
    batch.add(event);
    count += 1;
  }
  if (count > 0) await batch.append();
  settle(Infinity, count);
  return positions;
};

/** Positions of a log in its copy. `settle`: all before a position are `last` there. */
const placesOf = (wanted: readonly number[]) => {
  const positions = new Map<number, number>();
  const pending = [...new Set(wanted)].sort((a, b) => b - a);
  const settle = (before: number, last: number): void => {
    while (pending.length > 0 && (pending.at(-1) as number) < before) positions.set(pending.pop() as number, last);
  };
  return { positions, settle };
};

/**
 * Compares every event of a log with its copy. `wanted` are positions in the log whose place in the copy is needed.
 * @throws {MoveRefused} naming the first event that differs.
 */
export const compareLogs = async (
  log: EventStore,
  copy: EventStore,
  wanted: readonly number[],
  progress: Progress,
): Promise<LogCopy> => {
  const hash = createHash('sha256');
  const { positions, settle } = placesOf(wanted);
  const copied = copy.readAll()[Symbol.asyncIterator]();
  let events = 0;
  let last = 0;
  for await (const event of eventsOf(log)) {
    const { value, done } = await copied.next();
    if (done) throw new MoveRefused(`The copy ends before event ${event.position}`);
    hash.update(`${assertSame(event, value as StoredEvent)}\n`);
    settle(event.position, last);
    last = (value as StoredEvent).position;
    progress((events += 1), 'events compared');
  }
  if (!(await copied.next()).done) throw new MoveRefused('The copy has more events than the log');
  settle(Infinity, last);
  return { events, sha256: hash.digest('hex'), positions };
};

/** All but the position, which each store gives. Of a damaged event that is passed over, only its place is known. */
const textOf = ({ stream, revision, id, type, data, metadata, recordedAt }: StoredEvent): string =>
  stringify(
    type === passedOver ? [stream, revision, type] : [stream, revision, id, type, data, metadata, recordedAt],
  ) ?? '';

/** Answers what both are as text. */
const assertSame = (event: StoredEvent, copied: StoredEvent): string => {
  const text = textOf(event);
  if (text === textOf(copied)) return text;
  throw new MoveRefused(
    `The target holds another log: at event ${event.position} (${event.type} of ${event.stream}) there is ` +
      `${copied.type} of ${copied.stream}. Name an empty target`,
  );
};

async function* eventsOf(log: EventStore): AsyncGenerator<StoredEvent> {
  try {
    yield* log.readAll();
  } catch (error) {
    if (!(error instanceof CorruptEvent)) throw error;
    throw new MoveRefused(
      `Event ${error.position} is damaged (${error.problem}). Pass it over first: npm run admin -- pass-over ${error.position} REASON`,
      { cause: error },
    );
  }
}
