import { describe, expect, it } from '@jest/globals';
import type { Decoded } from './decoder.js';
import { RecentEvents } from './recent-events.js';

const decoded = (position: number, text = ''): Decoded => {
  const metadata = {
    correlationId: 'c',
    causationId: 'c',
    actor: { kind: 'system', id: 'test' },
    schemaVersion: 1,
  } as const;
  const place = { stream: 's-1', revision: position, position, recordedAt: '2026-11-26T00:00:00.000Z' };
  const event = { id: `${position}`, type: 'Counted', data: { text }, metadata, ...place } as const;
  return { stream: 's-1', type: 'Counted', event, problem: undefined };
};
const positionsAfter = (recent: RecentEvents, position: number): readonly number[] =>
  [...recent.after(position)].map(({ event }) => event.position);

describe('the recent events', () => {
  it('are found by the position after which they come', () => {
    const recent = new RecentEvents({ maxRecentEvents: 10, maxRecentCharacters: 10_000 }, 5);
    for (const position of [7, 9, 20]) recent.add(decoded(position));
    expect(positionsAfter(recent, 5)).toEqual([7, 9, 20]);
    expect(positionsAfter(recent, 8)).toEqual([9, 20]);
    expect(positionsAfter(recent, 20)).toEqual([]);
    expect([recent.covers(4), recent.covers(5)]).toEqual([false, true]);
  });

  it('are limited in number', () => {
    const recent = new RecentEvents({ maxRecentEvents: 10, maxRecentCharacters: 1_000_000 }, 0);
    for (let position = 1; position <= 21; position += 1) recent.add(decoded(position));
    expect([recent.covers(10), recent.covers(11)]).toEqual([false, true]);
    expect(positionsAfter(recent, 11)).toHaveLength(10);
  });

  it('are limited in size, but for the newest one', () => {
    const recent = new RecentEvents({ maxRecentEvents: 1000, maxRecentCharacters: 100_000 }, 0);
    for (let position = 1; position <= 500; position += 1) {
      recent.add(decoded(position, 'x'.repeat(10_000)));
      const kept = positionsAfter(recent, 0);
      expect(kept.length).toBeLessThanOrEqual(10);
      expect(kept.at(-1)).toBe(position);
      expect([recent.covers(kept[0]! - 1), recent.covers(kept[0]! - 2)]).toEqual([true, false]);
    }
    recent.add(decoded(501, 'x'.repeat(500_000)));
    expect(positionsAfter(recent, 0)).toEqual([501]);
    recent.add(decoded(502));
    expect(positionsAfter(recent, 0)).toEqual([502]);
  });
});
