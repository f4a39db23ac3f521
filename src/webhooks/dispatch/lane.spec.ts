import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { item, laneOf, parked, succeeded } from './lane.builders.js';

describe('the deliveries of a webhook, as they come due', () => {
  it('go on once an endpoint has taken one, as far as the records of a few are waited for', async () => {
    const { lane, attempts, show } = laneOf(false);
    lane.wake();
    await show(Array.from({ length: 100 }, (_, index) => item(`${index}`, 'chat')));
    expect(attempts.size).toBe(16);
    const taken = new Set<string>();
    const takeAll = (): void => {
      for (const [id, attempt] of attempts) {
        if (taken.has(id)) continue;
        taken.add(id);
        attempt.succeeded();
      }
    };
    takeAll();
    expect(attempts.size).toBe(47);
    for (let id = 0; id < 15; id += 1) attempts.get(`${id}`)?.record(succeeded);
    await turn();
    expect(attempts.size).toBe(47);
    attempts.get('15')?.record(succeeded);
    await turn();
    expect(attempts.size).toBe(63);
  });

  it('go on side by side, however many there were for which no request was made', async () => {
    const { lane, attempts, show } = laneOf(false);
    lane.wake();
    await show(Array.from({ length: 40 }, (_, index) => item(`${index}`, 'chat')));
    for (let id = 0; id < 16; id += 1) attempts.get(`${id}`)?.record({ ...parked, unmade: true });
    await turn();
    expect(attempts.size).toBe(32);
  });

  it('are attempted once, however often the view shows them meanwhile', async () => {
    const { lane, attempts, reads, show } = laneOf(false);
    lane.wake();
    await show([item('first', 'chat')], true);
    expect(reads).toHaveLength(1);
    attempts.get('first')?.succeeded();
    await show([item('first', 'chat')], true);
    attempts.get('first')?.record(succeeded);
    attempts.clear();
    await turn();
    await show([item('first', 'chat')]);
    expect(attempts.size).toBe(0);
  });
});
