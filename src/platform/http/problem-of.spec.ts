import { describe, expect, it } from '@jest/globals';
import { Transient } from '#lib/async';
import { DomainError } from '#lib/event-sourcing';
import { CorruptEvent } from '#lib/event-store';
import { problemOf } from './problem-of.js';
import { PartlyDone } from './problem.js';

describe('a problem', () => {
  it('that passes is 503 with the time after which to try again, whichever part it comes from', () => {
    class ShelfUnavailable extends Transient {
      override readonly name = 'ShelfUnavailable';
    }
    expect(problemOf(new ShelfUnavailable('/var/lib/shelf is full'))).toEqual({
      status: 503,
      code: 'store_unavailable',
      detail: expect.not.stringContaining('shelf'),
      retryAfter: 5,
    });
  });

  it('of a change that is done in part is that of the part that failed, with what became of each', () => {
    const results = [
      { path: 'subject', ok: true },
      { path: 'description', ok: false, code: 'forbidden' },
    ];
    expect(problemOf(new PartlyDone(new DomainError('forbidden', 'forbidden', 'Not allowed'), results))).toEqual({
      status: 403,
      code: 'forbidden',
      detail: 'Not allowed',
      results,
    });
  });

  it('of a damaged event says which one, for whoever repairs the log', () => {
    expect(problemOf(new CorruptEvent(17, 'its checksum does not match'))).toEqual({
      status: 500,
      code: 'event_corrupt',
      detail: 'Event 17 is corrupt: its checksum does not match',
    });
  });
});
