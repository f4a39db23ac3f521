import { describe, expect, it } from '@jest/globals';
import type { ExpectedRevision } from '../port.js';
import { checkExpectation, type StreamReader } from './expectation.js';

/** A stream with these event ids; positions are revisions plus 100. */
const streamOf = (...ids: readonly string[]): StreamReader => ({
  headOf: () => ids.length - 1,
  eventAt: (_stream, revision) => {
    const id = ids[revision];
    return id === undefined ? undefined : { id, revision, position: revision + 100 };
  },
  revisionsOf: (_stream, id) => ids.flatMap((other, revision) => (other === id ? [revision] : [])),
});

const check = (look: StreamReader, expected: ExpectedRevision, ...ids: readonly string[]) =>
  checkExpectation({ stream: 's', expected, events: ids.map((id) => [id, 'T', '{}', '{}']) }, look);

const fresh = (head: number) => ({ kind: 'new', head });
const before = (revision: number) => ({ kind: 'stored_before', revision, position: revision + 100 });
const conflict = (actual: number | 'no_stream') => ({ kind: 'conflict', actual });

describe('an append', () => {
  it('is stored if the stream is as expected', () => {
    expect(check(streamOf(), 'no_stream', 'a')).toEqual(fresh(-1));
    expect(check(streamOf(), 'any', 'a')).toEqual(fresh(-1));
    expect(check(streamOf('a', 'b'), 1, 'c')).toEqual(fresh(1));
    expect(check(streamOf('a', 'b'), 'stream_exists', 'c')).toEqual(fresh(1));
  });

  it('is rejected if it is not', () => {
    expect(check(streamOf(), 0, 'a')).toEqual(conflict('no_stream'));
    expect(check(streamOf(), 'stream_exists', 'a')).toEqual(conflict('no_stream'));
    expect(check(streamOf('a', 'b'), 'no_stream', 'c')).toEqual(conflict(1));
    expect(check(streamOf('a', 'b'), 2, 'c')).toEqual(conflict(1));
  });

  it('is recognized if the same events are stored at that revision', () => {
    expect(check(streamOf('a', 'b', 'c'), 'no_stream', 'a', 'b')).toEqual(before(1));
    expect(check(streamOf('a', 'b', 'c'), 0, 'b')).toEqual(before(1));
    expect(check(streamOf('a', 'b', 'c'), 'any', 'b', 'c')).toEqual(before(2));
  });

  it('is rejected if its events are stored in part, or in another order', () => {
    expect(check(streamOf('a', 'b'), 'no_stream', 'a', 'x')).toEqual(conflict(1));
    expect(check(streamOf('a', 'b'), 0, 'b', 'c')).toEqual(conflict(1));
    expect(check(streamOf('a', 'b'), 'any', 'b', 'a')).toEqual(conflict(1));
    expect(check(streamOf('a', 'b'), 'any', 'x', 'b')).toEqual(conflict(1));
  });

  it('is recognized if an id is stored several times', () => {
    expect(check(streamOf('a', 'b', 'a', 'c'), 'any', 'a', 'c')).toEqual(before(3));
  });
});
