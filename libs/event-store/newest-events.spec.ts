import { describe, expect, it } from '@jest/globals';
import { NewestEvents } from './newest-events.js';

type Numbered = ReturnType<typeof numbered>;

const numbered = (position: number, text = '') => ({ event: { position, data: { text }, metadata: {} } });
const positionsAfter = (recent: NewestEvents<Numbered>, position: number): readonly number[] =>
  [...recent.after(position)].map(({ event }) => event.position);

describe('the newest events', () => {
  it('are found by the position after which they come', () => {
    const recent = new NewestEvents<Numbered>({ maxRecentEvents: 10, maxRecentCharacters: 10_000 }, 5);
    for (const position of [7, 9, 20]) recent.add(numbered(position));
    expect(positionsAfter(recent, 5)).toEqual([7, 9, 20]);
    expect(positionsAfter(recent, 8)).toEqual([9, 20]);
    expect(positionsAfter(recent, 20)).toEqual([]);
    expect([recent.covers(4), recent.covers(5)]).toEqual([false, true]);
  });

  it('are limited in number', () => {
    const recent = new NewestEvents<Numbered>({ maxRecentEvents: 10, maxRecentCharacters: 1_000_000 }, 0);
    for (let position = 1; position <= 21; position += 1) recent.add(numbered(position));
    expect([recent.covers(10), recent.covers(11)]).toEqual([false, true]);
    expect(positionsAfter(recent, 11)).toHaveLength(10);
  });

  it('are limited in size, but for the newest one', () => {
    const recent = new NewestEvents<Numbered>({ maxRecentEvents: 1000, maxRecentCharacters: 100_000 }, 0);
    for (let position = 1; position <= 500; position += 1) {
      recent.add(numbered(position, 'x'.repeat(10_000)));
      const kept = positionsAfter(recent, 0);
      expect(kept.length).toBeLessThanOrEqual(10);
      expect(kept.at(-1)).toBe(position);
      expect([recent.covers(kept[0]! - 1), recent.covers(kept[0]! - 2)]).toEqual([true, false]);
    }
    recent.add(numbered(501, 'x'.repeat(500_000)));
    expect(positionsAfter(recent, 0)).toEqual([501]);
    recent.add(numbered(502));
    expect(positionsAfter(recent, 0)).toEqual([502]);
  });
});
