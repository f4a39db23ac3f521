import { describe, expect, it } from '@jest/globals';
import { StreamEnds } from './stream-ends.js';

describe('the ends of streams', () => {
  it('are where the last append left them', () => {
    const ends = new StreamEnds();
    expect(ends.isAt('message-1', -1)).toBe(false);
    ends.note('message-1', 0);
    ends.note('message-1', 2);
    expect([0, 1, 2, 3].filter((revision) => ends.isAt('message-1', revision))).toEqual([2]);
  });

  it('are not known after a failure, until the next append', () => {
    const ends = new StreamEnds();
    ends.note('message-1', 0);
    ends.forget();
    expect(ends.isAt('message-1', 0)).toBe(false);
    ends.note('message-1', 1);
    expect(ends.isAt('message-1', 1)).toBe(true);
  });

  it('are known of the streams that were appended to last', () => {
    const ends = new StreamEnds();
    for (let stream = 0; stream <= 10_000; stream += 1) {
      ends.note(`message-${stream}`, 0);
      ends.note('session-1', stream);
    }
    expect(['session-1', 'message-10000', 'message-1'].map((stream) => ends.isAt(stream, 0))).toEqual([
      false,
      true,
      false,
    ]);
    expect(ends.isAt('session-1', 10_000)).toBe(true);
  });
});
