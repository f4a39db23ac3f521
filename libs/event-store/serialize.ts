import { parseId } from '#lib/ids';
import { InvalidAppend } from './errors.js';
import { storedMetadata } from './copied.js';
import type { ExpectedRevision, NewEvent, StreamAppend } from './port.js';

/** A checked event as text. An array, because it is passed to the writer thread. */
export type SerializedEvent = readonly [id: string, type: string, data: string, metadata: string];
/** A checked `StreamAppend` as text. */
export type SerializedAppend = {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly SerializedEvent[];
};

const maxNameCharacters = 512;
const maxEventCharacters = 1024 * 1024;
const maxAppendCharacters = 16 * 1024 * 1024;
const maxStreamEvents = 10_000;

// Control characters, and lone surrogates, which SQLite text cannot hold.
const unprintable = /[\p{Cc}\p{Cs}]/u;

/** Checks appends that are to be stored together, and serializes them. @throws {InvalidAppend} */
export const serializeAppends = (appends: readonly StreamAppend[]): readonly SerializedAppend[] => {
  const streams = new Set(appends.map(({ stream }) => stream));
  if (streams.size < appends.length) throw new InvalidAppend('A stream occurs twice');
  const texts = appends.map(serializeAppend);
  const length = texts.reduce((sum, { events }) => sum + events.reduce((sum, event) => sum + sizeOf(event), 0), 0);
  if (length > maxAppendCharacters)
    throw new InvalidAppend(`The append has more than ${maxAppendCharacters} characters`);
  return texts;
};

const serializeAppend = ({ stream, expected, events }: StreamAppend): SerializedAppend => {
  checkName('stream', stream);
  checkExpected(expected);
  if (events.length === 0) throw new InvalidAppend(`No events to append to ${stream}`);
  if (events.length > maxStreamEvents) throw new InvalidAppend(`More than ${maxStreamEvents} events for ${stream}`);
  const texts = events.map(serializeEvent);
  if (new Set(texts.map(([id]) => id)).size < texts.length) {
    throw new InvalidAppend(`An event id occurs twice in an append to ${stream}`);
  }
  return { stream, expected, events: texts };
};

const serializeEvent = (event: NewEvent): SerializedEvent => {
  const { id, type, data, metadata, recordedAt } = event;
  checkName('type', type);
  const lowerId = typeof id === 'string' ? parseId(id) : undefined;
  if (lowerId === undefined) throw new InvalidAppend(`An event id must be a UUID, not ${id}`);
  const text: SerializedEvent = [lowerId, type, jsonOf(type, 'data', data), jsonOf(type, 'metadata', metadata)];
  if (sizeOf(text) > maxEventCharacters)
    throw new InvalidAppend(`${type} has more than ${maxEventCharacters} characters`);
  if (recordedAt === undefined) return text;
  return [lowerId, type, text[2], jsonOf(type, 'metadata', storedMetadata(event))];
};

const checkName = (what: string, name: unknown): void => {
  if (typeof name !== 'string' || name === '') throw new InvalidAppend(`The ${what} has no name`);
  if (name.length > maxNameCharacters)
    throw new InvalidAppend(`The ${what} name is longer than ${maxNameCharacters} characters`);
  if (unprintable.test(name)) throw new InvalidAppend(`The ${what} name has unprintable characters`);
};

const checkExpected = (expected: ExpectedRevision): void => {
  const isRevision = typeof expected === 'number' && Number.isSafeInteger(expected) && expected >= 0;
  if (!isRevision && expected !== 'any' && expected !== 'no_stream' && expected !== 'stream_exists') {
    throw new InvalidAppend(`${String(expected)} is not a valid expected revision`);
  }
};

const jsonOf = (type: string, field: string, value: unknown): string => {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new InvalidAppend(`The ${field} of ${type} is not JSON`, { cause: error });
  }
  if (text === undefined) throw new InvalidAppend(`The ${field} of ${type} is not JSON`);
  return text;
};

const sizeOf = ([, , data, metadata]: SerializedEvent): number => data.length + metadata.length;
