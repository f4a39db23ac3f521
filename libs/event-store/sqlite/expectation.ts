import type { SerializedAppend } from '../serialize.js';
import { noRevision, type Found } from './stream-lookup.js';

/** What is needed of the stored streams. */
export type StreamReader = {
  headOf(stream: string): number;
  eventAt(stream: string, revision: number): Found | undefined;
  revisionsOf(stream: string, id: string): readonly number[];
};

/** What to do with an append: store it, repeat the answer of the first time, or reject it. */
export type AppendDecision =
  | { readonly kind: 'new'; readonly head: number }
  | { readonly kind: 'stored_before'; readonly revision: number; readonly position: number }
  | { readonly kind: 'conflict'; readonly actual: number | 'no_stream' };

/** Compares the expected revision with the stored stream. */
export const checkExpectation = (append: SerializedAppend, streams: StreamReader): AppendDecision => {
  const { stream, expected } = append;
  const head = streams.headOf(stream);
  const conflict: AppendDecision = { kind: 'conflict', actual: head === noRevision ? 'no_stream' : head };
  if (expected === 'any' || expected === 'stream_exists') {
    if (head === noRevision) return expected === 'any' ? { kind: 'new', head } : conflict;
    return checkUnordered(append, head, streams) ?? conflict;
  }
  const expectedHead = expected === 'no_stream' ? noRevision : expected;
  if (expectedHead === head) return { kind: 'new', head };
  if (expectedHead > head) return conflict;
  return storedFrom(append, expectedHead + 1, streams) ?? conflict;
};

/** New if none of the events is in the stream; stored before if all are there, one after the other. */
const checkUnordered = (append: SerializedAppend, head: number, streams: StreamReader): AppendDecision | undefined => {
  const [first, ...others] = append.events.map(([id]) => streams.revisionsOf(append.stream, id));
  for (const revision of first ?? []) {
    const stored = storedFrom(append, revision, streams);
    if (stored) return stored;
  }
  const isNew = first?.length === 0 && others.every((revisions) => revisions.length === 0);
  return isNew ? { kind: 'new', head } : undefined;
};

/** The answer of the first time, if exactly these events are stored from `revision` on. */
const storedFrom = (
  { stream, events }: SerializedAppend,
  revision: number,
  streams: StreamReader,
): AppendDecision | undefined => {
  let last: Found | undefined;
  for (const [offset, [id]] of events.entries()) {
    last = streams.eventAt(stream, revision + offset);
    if (last?.id !== id) return undefined;
  }
  return last && { kind: 'stored_before', revision: last.revision, position: last.position };
};
