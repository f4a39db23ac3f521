import { describe, expect, it } from '@jest/globals';
import { keyedQueue, QueueFull } from './keyed-queue.js';

const gate = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
};

describe('a keyed queue', () => {
  it('runs tasks of one key in order, and those of another key meanwhile', async () => {
    const { run, drain } = keyedQueue();
    const first = gate();
    const ran: string[] = [];
    const note = (name: string) => async () => void ran.push(name);
    const slow = run('a', () => first.opened.then(note('a1')));
    const next = run('a', note('a2'));
    await run('b', note('b1'));
    expect(ran).toEqual(['b1']);
    first.open();
    await Promise.all([slow, next, drain()]);
    expect(ran).toEqual(['b1', 'a1', 'a2']);
  });

  it('goes on after a task that failed, or threw; the error belongs to its caller', async () => {
    const { run } = keyedQueue();
    const failing = run('a', () => Promise.reject(new Error('no')));
    const throwing = run('a', () => {
      throw new Error('not even a promise');
    });
    const next = run('a', async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    await expect(throwing).rejects.toThrow('not even');
    await expect(next).resolves.toBe('yes');
  });

  it('runs so many tasks at once, and the keys that waited longest first', async () => {
    const { run, drain } = keyedQueue({ maxConcurrent: 2 });
    const gates = new Map(['a', 'b', 'c', 'd'].map((key) => [key, gate()]));
    const started: string[] = [];
    for (const [key, { opened }] of gates) {
      void run(key, () => {
        started.push(key);
        return opened;
      });
    }
    expect(started).toEqual(['a', 'b']);
    gates.get('b')!.open();
    await new Promise(setImmediate);
    expect(started).toEqual(['a', 'b', 'c']);
    for (const { open } of gates.values()) open();
    await drain();
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('runs so many tasks of a key at once, and lets the keys take turns', async () => {
    const { run, drain } = keyedQueue({ maxConcurrent: 3, maxPerKey: 2 });
    const gates = new Map(['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'].map((name) => [name, gate()]));
    const started: string[] = [];
    for (const [name, { opened }] of gates) {
      void run(name.slice(0, 1), () => {
        started.push(name);
        return opened;
      });
    }
    expect(started).toEqual(['a1', 'a2', 'b1']);
    const startedAfter = async (name: string): Promise<readonly string[]> => {
      const before = started.length;
      gates.get(name)!.open();
      await new Promise(setImmediate);
      return started.slice(before);
    };
    expect(await startedAfter('a1')).toEqual(['b2']);
    expect(await startedAfter('a2')).toEqual(['c1']);
    expect(await startedAfter('b2')).toEqual(['a3']);
    expect(await startedAfter('c1')).toEqual(['a4']);
    for (const { open } of gates.values()) open();
    await drain();
  });

  it('lets a key that is alone have no more than its share', async () => {
    const { run, drain } = keyedQueue({ maxPerKey: 2 });
    const gates = [gate(), gate(), gate()];
    const started: number[] = [];
    gates.forEach(({ opened }, index) => {
      void run('a', () => {
        started.push(index);
        return opened;
      });
    });
    expect(started).toEqual([0, 1]);
    gates[1]!.open();
    await new Promise(setImmediate);
    expect(started).toEqual([0, 1, 2]);
    for (const { open } of gates) open();
    await drain();
  });

  it('refuses what it has no room for', async () => {
    const { run } = keyedQueue({ maxConcurrent: 1, maxWaiting: 1 });
    const first = gate();
    const running = run('a', () => first.opened);
    const waiting = run('b', async () => undefined);
    await expect(run('c', async () => undefined)).rejects.toBeInstanceOf(QueueFull);
    first.open();
    await Promise.all([running, waiting]);
  });

  it('starts nothing while it is paused, and drains what was running', async () => {
    const { run, pause, resume, drain } = keyedQueue();
    const first = gate();
    const running = run('a', () => first.opened);
    pause();
    let ran = false;
    const later = run('b', async () => {
      ran = true;
    });
    const drained = drain();
    first.open();
    await Promise.all([running, drained]);
    expect(ran).toBe(false);
    resume();
    await later;
    expect(ran).toBe(true);
  });
});
