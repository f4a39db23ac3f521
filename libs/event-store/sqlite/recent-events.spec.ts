import { describe, expect, it } from '@jest/globals';
import type { SerializedEvent } from '../serialize.js';
import { RecentEvents } from './recent-events.js';

const recordedAt = Date.UTC(2026, 10, 26);
const event = (id: string, data: object = {}): SerializedEvent => [
  id,
  'Counted',
  JSON.stringify(data),
  '{"actor":"a"}',
];
const add = (recent: RecentEvents, position: number, ...events: readonly SerializedEvent[]): void =>
  recent.add({ stream: 's-1', expected: 'any', events }, position, position - 1, recordedAt);

describe('the recent events', () => {
  it('are equal to those in the file', () => {
    const recent = new RecentEvents();
    add(recent, 2, event('a', { n: 1 }), event('b', { n: 2 }));
    expect(recent.at([2, 1])).toEqual([
      {
        id: 'b',
        type: 'Counted',
        data: { n: 2 },
        metadata: { actor: 'a' },
        stream: 's-1',
        revision: 1,
        position: 2,
        recordedAt: '2026-11-26T00:00:00.000Z',
      },
      expect.objectContaining({ id: 'a', revision: 0, position: 1 }),
    ]);
  });

  it('are returned all or not at all', () => {
    const recent = new RecentEvents();
    add(recent, 7, event('a'));
    expect(recent.at([6, 7])).toBeUndefined();
    expect(recent.at([7, 8])).toBeUndefined();
    expect(recent.at([])).toEqual([]);
  });

  it('are limited in number and in size', () => {
    const recent = new RecentEvents();
    for (let position = 1; position <= 5000; position += 1) add(recent, position, event(`${position}`));
    expect(recent.at([5000 - 1024])).toBeUndefined();
    expect(recent.at([5000 - 1023, 5000])).toHaveLength(2);
    for (let position = 5001; position <= 5005; position += 1) {
      add(recent, position, event(`${position}`, { text: 'x'.repeat(1_000_000) }));
    }
    expect(recent.at([5003])).toBeUndefined();
    expect(recent.at([5004, 5005])).toHaveLength(2);
  });
});
