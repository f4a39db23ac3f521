import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.js';

const busy = (milliseconds: number) => () => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
};

describe('turns', () => {
  it('does what it is asked for in order, and passes on results and errors', async () => {
    const turns = new Turns();
    const done: number[] = [];
    void turns.run(() => done.push(1));
    const failing = turns.run(() => {
      done.push(2);
      throw new Error('no');
    });
    const last = turns.run(() => done.push(3));
    expect(done).toEqual([]);
    await expect(failing).rejects.toThrow('no');
    expect(await last).toBe(3);
    expect(done).toEqual([1, 2, 3]);
  });

  it('lets the event loop turn between long pieces of work', async () => {
    const turns = new Turns();
    let turnsTaken = 0;
    const work = { isDone: false };
    const all = Promise.all(Array.from({ length: 5 }, () => turns.run(busy(3)))).then(() => (work.isDone = true));
    while (!work.isDone) {
      await turn();
      turnsTaken += 1;
    }
    await all;
    expect(turnsTaken).toBeGreaterThanOrEqual(5);
  });
});
