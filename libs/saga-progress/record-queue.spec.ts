import { describe, expect, it } from '@jest/globals';
import { minCommitIntervalMs, recordQueue } from './record-queue.js';

const record = (checkpoint: number) => ({ saga: 'a-saga', checkpoint });

/** A queue whose commits are written down: the checkpoints in each, and when it began. */
const watched = (fails: (checkpoint: number) => boolean = () => false) => {
  const groups: number[][] = [];
  const begunAt: number[] = [];
  const queue = recordQueue(async (records) => {
    const checkpoints = records.map(({ checkpoint }) => checkpoint);
    begunAt.push(performance.now());
    groups.push(checkpoints);
    if (checkpoints.some(fails)) throw new Error('The disk is full');
  });
  return { queue, groups, begunAt };
};

describe('the queue of records', () => {
  it('commits the records of one moment together, in the order of the calls', async () => {
    const { queue, groups } = watched();
    await Promise.all([1, 2, 3].map((checkpoint) => queue.push(record(checkpoint))));
    expect(groups).toEqual([[1, 2, 3]]);
  });

  it('commits a busy saga now and then, not record by record', async () => {
    const { queue, groups, begunAt } = watched();
    const pushed: Promise<void>[] = [];
    const isDone = () => groups.length >= 3;
    for (let checkpoint = 1; !isDone(); checkpoint += 1) {
      pushed.push(queue.push(record(checkpoint)));
      await new Promise(setImmediate);
    }
    await Promise.all(pushed);
    const timerTolerance = 2;
    for (const [index, at] of begunAt.slice(1).entries()) {
      expect(at - (begunAt[index] ?? 0)).toBeGreaterThan(minCommitIntervalMs - timerTolerance);
    }
    expect(groups.flat()).toEqual(pushed.map((_, index) => index + 1));
  });

  it('gives a failed commit to those in it, and goes on with the next', async () => {
    const { queue } = watched((checkpoint) => checkpoint === 1);
    const failing = queue.push(record(1));
    await expect(failing).rejects.toThrow('The disk is full');
    await expect(queue.push(record(2))).resolves.toBeUndefined();
  });

  it('is settled when all before are, committed or not', async () => {
    const { queue, groups } = watched(() => true);
    const failing = queue.push(record(1));
    failing.catch(() => {});
    await queue.settled();
    expect(groups).toEqual([[1]]);
  });
});
