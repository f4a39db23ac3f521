import { describe, expect, it } from '@jest/globals';
import type { ThreadCalls } from '#lib/threads';
import { batchQueue } from './batch-queue.js';
import type { ViewWriterMethods } from './view-writer.worker.js';

/** A queue, and when each of its commits began. */
const scene = () => {
  const begun: number[] = [];
  const ask = async (_name: string, batches: readonly string[]) => {
    begun.push(performance.now());
    return batches.map(() => null);
  };
  const queue = batchQueue({ ask } as unknown as ThreadCalls<ViewWriterMethods>);
  const msBetween = (): number => (begun[1] ?? 0) - (begun[0] ?? 0);
  return { queue, begun, msBetween };
};

describe('commits of batches', () => {
  it('begin a while after one whose batches have several events each', async () => {
    const { queue, begun, msBetween } = scene();
    const first = queue.push('{}', 2);
    await Promise.all([first, queue.push('{}', 1), queue.push('{}', 1)]);
    expect(begun).toHaveLength(2);
    expect(msBetween()).toBeGreaterThan(6);
  });

  it('do not wait at all where there was none shortly before', async () => {
    const { queue, begun } = scene();
    const asked = performance.now();
    await queue.push('{}', 1);
    expect(begun).toHaveLength(1);
    expect((begun[0] ?? Infinity) - asked).toBeLessThan(4);
  });
});
