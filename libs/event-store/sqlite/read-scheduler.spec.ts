import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { ReadScheduler } from './read-scheduler.js';

const busy = (milliseconds: number) => () => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
};

describe('the read scheduler', () => {
  it('runs reads in order, and returns their results and errors', async () => {
    const scheduler = new ReadScheduler();
    const done: number[] = [];
    void scheduler.run(() => done.push(1));
    const failing = scheduler.run(() => {
      done.push(2);
      throw new Error('no');
    });
    const last = scheduler.run(() => done.push(3));
    expect(done).toEqual([]);
    await expect(failing).rejects.toThrow('no');
    expect(await last).toBe(3);
    expect(done).toEqual([1, 2, 3]);
  });

  it('lets the event loop turn between long reads', async () => {
    const scheduler = new ReadScheduler();
    let turnsTaken = 0;
    const work = { isDone: false };
    const all = Promise.all(Array.from({ length: 5 }, () => scheduler.run(busy(3)))).then(() => (work.isDone = true));
    while (!work.isDone) {
      await turn();
      turnsTaken += 1;
    }
    await all;
    expect(turnsTaken).toBeGreaterThanOrEqual(5);
  });
});
