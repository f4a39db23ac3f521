import type { TextAppend } from './input.js';
import { none, type Found } from './places.js';

/** What the decision needs to know of the stream. */
export type StreamLook = {
  headOf(stream: string): number;
  eventAt(stream: string, revision: number): Found | undefined;
  revisionsOf(stream: string, id: string): readonly number[];
};

/** What to do with an append: store it, answer as the first time, or refuse it. */
export type Decision =
  | { readonly kind: 'new'; readonly head: number }
  | { readonly kind: 'stored_before'; readonly revision: number; readonly position: number }
  | { readonly kind: 'conflict'; readonly actual: number | 'no_stream' };

/** Compares what the appender expects with what is there. */
export const decide = (append: TextAppend, streams: StreamLook): Decision => {
  const { stream, expected } = append;
  const head = streams.headOf(stream);
  const conflict: Decision = { kind: 'conflict', actual: head === none ? 'no_stream' : head };
  if (expected === 'any' || expected === 'stream_exists') {
    if (head === none) return expected === 'any' ? { kind: 'new', head } : conflict;
    return decideAnywhere(append, head, streams) ?? conflict;
  }
  const place = expected === 'no_stream' ? none : expected;
  if (place === head) return { kind: 'new', head };
  if (place > head) return conflict;
  return storedFrom(append, place + 1, streams) ?? conflict;
};

/** New when none of the events is in the stream; stored already when they all are, one after the other. */
const decideAnywhere = (append: TextAppend, head: number, streams: StreamLook): Decision | undefined => {
  const [first, ...others] = append.events.map(([id]) => streams.revisionsOf(append.stream, id));
  for (const revision of first ?? []) {
    const stored = storedFrom(append, revision, streams);
    if (stored) return stored;
  }
  const isNew = first?.length === 0 && others.every((revisions) => revisions.length === 0);
  return isNew ? { kind: 'new', head } : undefined;
};

/** The answer of the first time, where exactly these events stand at `revision` and after it. */
const storedFrom = ({ stream, events }: TextAppend, revision: number, streams: StreamLook): Decision | undefined => {
  let last: Found | undefined;
  for (const [offset, [id]] of events.entries()) {
    last = streams.eventAt(stream, revision + offset);
    if (last?.id !== id) return undefined;
  }
  return last && { kind: 'stored_before', revision: last.revision, position: last.position };
};
