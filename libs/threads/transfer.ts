import { ReadableStream } from 'node:stream/web';
import type { Transferable } from 'node:worker_threads';

const marked = new WeakMap<object, readonly Transferable[]>();

/**
 * Marks what is moved, not copied, when `value` is an argument or an answer of a call: streams and buffers anywhere inside it. They
 * cannot be used here afterwards. A stream that is itself the argument or the answer needs no mark.
 */
export const transfer = <Value extends object>(value: Value, contents: readonly Transferable[]): Value => {
  marked.set(value, contents);
  return value;
};

type Path = readonly (string | number)[];
/** Where a stream was among the values that were sent, and its id on the channel. */
export type StreamSlot = { readonly id: number; readonly path: Path };

/** Values as they can be posted: streams taken out, the rest of what is moved listed. */
export type Packed = {
  readonly values: readonly unknown[];
  readonly streams: readonly StreamSlot[];
  readonly transfers: readonly Transferable[];
};

/** Undefined where everything passes as a copy. `send` starts to send a stream and returns its id. */
export const pack = (values: readonly unknown[], send: (stream: ReadableStream) => number): Packed | undefined => {
  if (!values.some(isMoved)) return undefined;
  const streams: StreamSlot[] = [];
  const transfers: Transferable[] = [];
  const takeStream = (stream: ReadableStream, path: Path) => void streams.push({ id: send(stream), path });
  const packed = values.map((value, index) => {
    const contents = typeof value === 'object' && value !== null ? (marked.get(value) ?? []) : [];
    transfers.push(...contents.filter((each) => !isStream(each)));
    return isStream(value) || contents.some(isStream) ? withoutStreams(value, [index], takeStream) : value;
  });
  return { values: packed, streams, transfers };
};

const isStream = (value: unknown): value is ReadableStream => value instanceof ReadableStream;

const isMoved = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (marked.has(value) || isStream(value));

const withoutStreams = (value: unknown, path: Path, take: (stream: ReadableStream, path: Path) => void): unknown => {
  if (isStream(value)) return take(value, path);
  if (Array.isArray(value)) return value.map((item, index) => withoutStreams(item, [...path, index], take));
  if (!isPlainObject(value)) return value;
  const fields = Object.entries(value).map(([key, item]) => [key, withoutStreams(item, [...path, key], take)]);
  return Object.fromEntries(fields);
};

const isPlainObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Puts streams back where they were. */
export const unpack = (
  values: readonly unknown[],
  streams: readonly { readonly path: Path; readonly stream: ReadableStream }[],
): readonly unknown[] => {
  if (streams.length === 0) return values;
  const unpacked: unknown = [...values];
  for (const { path, stream } of streams) {
    const parent = path.slice(0, -1).reduce((value, key) => (value as Container)[key], unpacked);
    (parent as Container)[path.at(-1) as string] = stream;
  }
  return unpacked as readonly unknown[];
};

type Container = { [key: string | number]: unknown };
