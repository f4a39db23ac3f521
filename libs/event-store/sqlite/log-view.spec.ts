import { describe, expect, it } from '@jest/globals';
import { LogView, type WaitingReader } from './log-view.js';
import { Tail } from './tail.js';

const scene = () => {
  const view = new LogView(new Tail(0), () => new Tail(0));
  const grow = (type: string): void => {
    const position = view.head + 1;
    view.tail.add({ stream: `a-${position}`, revision: 0, position, type, id: String(position) });
    view.announce();
  };
  const hasEnded = () => false;
  const wait = (reader: Partial<WaitingReader>) => {
    const waiting = { reached: undefined as number | undefined };
    const matches = ({ type }: { type: string }) => type === 'Rare';
    void view
      .beyond({ position: view.head, matches, hasEnded, ...reader })
      .then((position) => (waiting.reached = position));
    return waiting;
  };
  return { view, grow, wait };
};

const microtasks = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a reader that waits for the log to grow', () => {
  it('is told of events that do not match, and waits on', async () => {
    const { grow, wait } = scene();
    const told: number[] = [];
    const reader = wait({ skippedTo: (position) => told.push(position) > 0 });
    grow('Common');
    grow('Common');
    await microtasks();
    expect([told, reader.reached]).toEqual([[1, 2], undefined]);
    grow('Rare');
    await microtasks();
    expect([told, reader.reached]).toEqual([[1, 2], 2]);
  });

  it('goes on where it is not content with that, or cannot be told', async () => {
    const { grow, wait } = scene();
    const readers = [wait({ skippedTo: () => false }), wait({})];
    grow('Common');
    await microtasks();
    expect(readers.map(({ reached }) => reached)).toEqual([0, 0]);
  });

  it('ends where what it is told by fails, and only it', async () => {
    const { view, grow, wait } = scene();
    const fails = () => {
      throw new Error('of the reader');
    };
    const failed = view.beyond({ position: 0, matches: () => false, hasEnded: () => false, skippedTo: fails });
    const other = wait({});
    expect(() => grow('Common')).not.toThrow();
    await expect(failed).rejects.toThrow('of the reader');
    expect(other.reached).toBe(0);
  });

  it('goes on where what has come is indexed already, and no longer in the tail', async () => {
    const { view, wait } = scene();
    const reader = wait({ skippedTo: () => true });
    view.tail.add({ stream: 'a-1', revision: 0, position: 1, type: 'Rare', id: '1' });
    view.indexed(1);
    view.announce();
    await microtasks();
    expect(reader.reached).toBe(0);
  });

  it('goes on when the log is closed, or its signal was aborted', async () => {
    const { view, grow, wait } = scene();
    const abort = new AbortController();
    const [ended, closed] = [
      wait({ hasEnded: () => abort.signal.aborted, skippedTo: () => true }),
      wait({ skippedTo: () => true }),
    ];
    abort.abort();
    grow('Common');
    await microtasks();
    expect([ended.reached, closed.reached]).toEqual([0, undefined]);
    view.end();
    await microtasks();
    expect(closed.reached).toBe(1);
  });
});
