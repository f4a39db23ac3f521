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
