import { describe, expect, it } from '@jest/globals';
import { RestoreQueue } from './restore-queue.js';

const sessions = Array.from({ length: 10 }, (_, n) => `s${n}`);

/** A queue whose starts end when the test says so. */
const queueOf = (added: readonly string[] = sessions) => {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const queue = new RestoreQueue({ usual: 2, hastened: 4 }, (sessionId) => {
    started.push(sessionId);
    return new Promise((resolve) => ends.set(sessionId, resolve));
  });
  for (const sessionId of added) queue.add(sessionId);
  const end = async (sessionId: string): Promise<void> => {
    ends.get(sessionId)?.();
    await new Promise(setImmediate);
  };
  return { queue, started, end };
};

describe('the sessions that are started again with the service', () => {
  it('are started a few at a time, each once', async () => {
    const { queue, started, end } = queueOf();
    const done = queue.run();
    expect(started).toEqual(['s0', 's1']);
    for (const sessionId of sessions) await end(sessionId);
    await done;
    expect(started).toEqual(sessions);
  });

  it('come first where messages wait for them', async () => {
    const { queue, started } = queueOf();
    queue.hasten('s7');
    queue.hasten('unknown');
    void queue.run();
    expect(started).toEqual(['s7', 's0']);
  });

  it('do not wait for the others once a message waits for them', async () => {
    const { queue, started, end } = queueOf();
    void queue.run();
    for (const sessionId of ['s5', 's6', 's7', 's0']) queue.hasten(sessionId);
    expect(started).toEqual(['s0', 's1', 's5', 's6']);
    await end('s0');
    expect(started).toEqual(['s0', 's1', 's5', 's6', 's7']);
    await end('s1');
    expect(started).toHaveLength(5); // the others go on below the usual limit
  });

  it('may be none', async () => {
    const { queue } = queueOf([]);
    await expect(queue.run()).resolves.toBeUndefined();
  });
});
