import { describe, expect, it } from '@jest/globals';
import type { ExpectedRevision } from '../port.js';
import { decide, type StreamLook } from './expectation.js';

/** A stream with these ids in it; positions are revisions plus 100. */
const streamOf = (...ids: readonly string[]): StreamLook => ({
  headOf: () => ids.length - 1,
  eventAt: (_stream, revision) => {
    const id = ids[revision];
    return id === undefined ? undefined : { id, revision, position: revision + 100 };
  },
  revisionsOf: (_stream, id) => ids.flatMap((other, revision) => (other === id ? [revision] : [])),
});

const decideFor = (look: StreamLook, expected: ExpectedRevision, ...ids: readonly string[]) =>
  decide({ stream: 's', expected, events: ids.map((id) => [id, 'T', '{}', '{}']) }, look);

const fresh = (head: number) => ({ kind: 'new', head });
const before = (revision: number) => ({ kind: 'stored_before', revision, position: revision + 100 });
const conflict = (actual: number | 'no_stream') => ({ kind: 'conflict', actual });

describe('decide', () => {
  it('stores where the stream is as expected', () => {
    expect(decideFor(streamOf(), 'no_stream', 'a')).toEqual(fresh(-1));
    expect(decideFor(streamOf(), 'any', 'a')).toEqual(fresh(-1));
    expect(decideFor(streamOf('a', 'b'), 1, 'c')).toEqual(fresh(1));
    expect(decideFor(streamOf('a', 'b'), 'stream_exists', 'c')).toEqual(fresh(1));
  });

  it('refuses where it is not', () => {
    expect(decideFor(streamOf(), 0, 'a')).toEqual(conflict('no_stream'));
    expect(decideFor(streamOf(), 'stream_exists', 'a')).toEqual(conflict('no_stream'));
    expect(decideFor(streamOf('a', 'b'), 'no_stream', 'c')).toEqual(conflict(1));
    expect(decideFor(streamOf('a', 'b'), 2, 'c')).toEqual(conflict(1));
  });

  it('knows the same events at the same place', () => {
    expect(decideFor(streamOf('a', 'b', 'c'), 'no_stream', 'a', 'b')).toEqual(before(1));
    expect(decideFor(streamOf('a', 'b', 'c'), 0, 'b')).toEqual(before(1));
    expect(decideFor(streamOf('a', 'b', 'c'), 'any', 'b', 'c')).toEqual(before(2));
  });

  it('refuses what is there in part, or in another order', () => {
    expect(decideFor(streamOf('a', 'b'), 'no_stream', 'a', 'x')).toEqual(conflict(1));
    expect(decideFor(streamOf('a', 'b'), 0, 'b', 'c')).toEqual(conflict(1));
    expect(decideFor(streamOf('a', 'b'), 'any', 'b', 'a')).toEqual(conflict(1));
    expect(decideFor(streamOf('a', 'b'), 'any', 'x', 'b')).toEqual(conflict(1));
  });

  it('finds the right one of several places of an id', () => {
    expect(decideFor(streamOf('a', 'b', 'a', 'c'), 'any', 'a', 'c')).toEqual(before(3));
  });
});
