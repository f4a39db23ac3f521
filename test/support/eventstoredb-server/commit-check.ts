/** What a writer expects of a stream: its last revision, or a condition. */
export type Expected = number | 'no_stream' | 'stream_exists' | 'any';

/** What becomes of a write: it is new, was stored before, meets another state of the stream, or a stream that is deleted. */
export type CommitDecision =
  | { readonly kind: 'new' | 'stored_before'; readonly revision: number; readonly position: number }
  | { readonly kind: 'wrong_expected_version'; readonly current: number }
  | { readonly kind: 'deleted' };

type Streams = {
  headOf(stream: string): number | 'tombstoned';
  isSoftDeleted(stream: string): boolean;
  at(stream: string, revision: number): { readonly id: string; readonly position: number } | undefined;
  committedAs(id: string): { readonly stream: string; readonly revision: number } | undefined;
};

const unwritten = { revision: -1, position: -1 };

/**
 * The rules of EventStoreDB's index writer. With `any` and `stream_exists`, a write counts as repeated if the server knows all ids from
 * this stream, whatever their order; if it knows the first but not all, that is a conflict.
 */
export const checkCommit = (
  stream: string,
  expected: Expected,
  ids: readonly string[],
  streams: Streams,
): CommitDecision => {
  const current = streams.headOf(stream);
  if (current === 'tombstoned') return { kind: 'deleted' };
  const conflict: CommitDecision = { kind: 'wrong_expected_version', current };
  if (expected === 'stream_exists') {
    if (streams.isSoftDeleted(stream)) return { kind: 'deleted' };
    if (current < 0) return conflict;
  }
  if (expected === 'any' || expected === 'stream_exists') return checkUnordered(stream, ids, streams) ?? conflict;
  const expectedRevision = expected === 'no_stream' ? -1 : expected;
  if (expectedRevision === current) return { kind: 'new', ...unwritten };
  if (expectedRevision > current || ids.length === 0) return conflict;
  for (const [offset, id] of ids.entries()) {
    if (streams.at(stream, expectedRevision + 1 + offset)?.id === id) continue;
    if (offset === 0 && expected === 'no_stream' && streams.isSoftDeleted(stream)) return { kind: 'new', ...unwritten };
    return conflict;
  }
  return storedBefore(stream, expectedRevision + ids.length, streams);
};

const checkUnordered = (stream: string, ids: readonly string[], streams: Streams): CommitDecision | undefined => {
  let last = -1;
  for (const [index, id] of ids.entries()) {
    const known = streams.committedAs(id);
    if (known?.stream !== stream) return index === 0 ? { kind: 'new', ...unwritten } : undefined;
    last = known.revision;
  }
  return last < 0 ? { kind: 'new', ...unwritten } : storedBefore(stream, last, streams);
};

const storedBefore = (stream: string, revision: number, streams: Streams): CommitDecision => ({
  kind: 'stored_before',
  revision,
  position: streams.at(stream, revision)?.position ?? -1,
});
