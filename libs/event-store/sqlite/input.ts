import { InvalidAppend } from '../errors.js';
import type { ExpectedRevision, NewEvent, StreamAppend } from '../port.js';

/** An event that was checked and made text: `[id, type, data, metadata]`. An array, because it crosses to the writer thread. */
export type TextEvent = readonly [id: string, type: string, data: string, metadata: string];
/** A `StreamAppend` that was checked and made text. */
export type TextAppend = {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly TextEvent[];
};

const longestName = 512;
const largestEvent = 1024 * 1024;
const largestAppend = 16 * 1024 * 1024;
const mostEvents = 10_000;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
// Control characters, and halves of a surrogate pair, which no database text can hold.
const unprintable = /[\p{Cc}\p{Cs}]/u;

/** Checks what is to be appended together, and makes it text. @throws {InvalidAppend} */
export const textOf = (appends: readonly StreamAppend[]): readonly TextAppend[] => {
  const streams = new Set(appends.map(({ stream }) => stream));
  if (streams.size < appends.length) throw new InvalidAppend('A stream is named twice');
  const texts = appends.map(textOfAppend);
  const length = texts.reduce((sum, { events }) => sum + events.reduce((sum, event) => sum + sizeOf(event), 0), 0);
  if (length > largestAppend) throw new InvalidAppend(`The append has more than ${largestAppend} characters`);
  return texts;
};

const textOfAppend = ({ stream, expected, events }: StreamAppend): TextAppend => {
  checkName('stream', stream);
  checkExpected(expected);
  if (events.length === 0) throw new InvalidAppend(`Nothing to append to ${stream}`);
  if (events.length > mostEvents) throw new InvalidAppend(`More than ${mostEvents} events for ${stream}`);
  const texts = events.map(textOfEvent);
  if (new Set(texts.map(([id]) => id)).size < texts.length) {
    throw new InvalidAppend(`An event id is used twice in an append to ${stream}`);
  }
  return { stream, expected, events: texts };
};

const textOfEvent = ({ id, type, data, metadata }: NewEvent): TextEvent => {
  checkName('type', type);
  const lowerId = typeof id === 'string' ? id.toLowerCase() : '';
  if (!uuid.test(lowerId)) throw new InvalidAppend(`An event's id must be a UUID, not ${id}`);
  const text: TextEvent = [lowerId, type, jsonOf(type, 'data', data), jsonOf(type, 'metadata', metadata)];
  if (sizeOf(text) > largestEvent) throw new InvalidAppend(`${type} has more than ${largestEvent} characters`);
  return text;
};

const checkName = (what: string, name: unknown): void => {
  if (typeof name !== 'string' || name === '') throw new InvalidAppend(`The ${what} has no name`);
  if (name.length > longestName) throw new InvalidAppend(`The ${what} name is longer than ${longestName} characters`);
  if (unprintable.test(name)) throw new InvalidAppend(`The ${what} name has characters that cannot be printed`);
};

const checkExpected = (expected: ExpectedRevision): void => {
  const isRevision = typeof expected === 'number' && Number.isSafeInteger(expected) && expected >= 0;
  if (!isRevision && expected !== 'any' && expected !== 'no_stream' && expected !== 'stream_exists') {
    throw new InvalidAppend(`${String(expected)} is no expected revision`);
  }
};

const jsonOf = (type: string, field: string, value: unknown): string => {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new InvalidAppend(`The ${field} of ${type} is no JSON`, { cause: error });
  }
  if (text === undefined) throw new InvalidAppend(`The ${field} of ${type} is no JSON`);
  return text;
};

const sizeOf = ([, , data, metadata]: TextEvent): number => data.length + metadata.length;
