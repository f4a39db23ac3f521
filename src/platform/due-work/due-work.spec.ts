import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DueWork, type DueItem, type DueWorkDefinition } from './due-work.js';

const hourMs = 3_600_000;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Timers and both clocks are steered: a jump moves the wall clock alone. */
describe('due work', () => {
  let stored: Map<string, string>;
  let done: string[];
  let work: DueWork;

  const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
  const begin = (definition: Partial<DueWorkDefinition> = {}): void => {
    work = new DueWork(
      {
        name: 'test',
        async *find(until) {
          for (const [key, dueAt] of stored) if (dueAt <= until) yield { key, dueAt } satisfies DueItem;
        },
        run: async (key) => {
          stored.delete(key);
          done.push(key);
        },
        ...definition,
      },
      log,
    );
    work.start();
  };
  const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);
  const jump = (ms: number): void => {
    const elapsed = performance.now();
    jest.setSystemTime(Date.now() + ms);
    const now = performance.now.bind(performance);
    const shift = now() - elapsed;
    if (shift !== 0) jest.spyOn(performance, 'now').mockImplementation(() => now() - shift);
  };

  beforeEach(() => {
    jest.useFakeTimers();
    stored = new Map();
    done = [];
  });
  afterEach(async () => {
    await work.stop();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('is done at its time, also where only the view knows of it', async () => {
    stored.set('soon', at(3000)).set('later', at(2 * hourMs));
    begin();
    await pass(2900);
    expect(done).toEqual([]);
    await pass(200);
    expect(done).toEqual(['soon']);
    await pass(2 * hourMs);
    expect(done).toEqual(['soon', 'later']);
  });

  it('is done at once where it came due while the service was down', async () => {
    stored.set('late', at(-hourMs));
    begin();
    await pass(10);
    expect(done).toEqual(['late']);
  });

  it('keeps the last time that was noted', async () => {
    begin();
    work.note({ key: 'a', dueAt: at(1000) });
    work.note({ key: 'a', dueAt: at(10_000) });
    await pass(5000);
    expect(done).toEqual([]);
    await pass(6000);
    expect(done).toEqual(['a']);
  });

  it('is done again at a time that was noted while it was being done, also where that failed first', async () => {
    let failures = 1;
    begin({
      run: async (key) => {
        if (done.length === 0) work.note({ key, dueAt: at(20_000) });
        if ((failures -= 1) === 0) throw new Error('not now');
        done.push(key);
      },
    });
    work.note({ key: 'a', dueAt: at(0) });
    await pass(10_000);
    expect(done).toEqual(['a']);
    await pass(15_000);
    expect(done).toEqual(['a', 'a']);
  });

  it('is not done again where it was dropped meanwhile', async () => {
    begin({
      run: async (key) => {
        done.push(key);
        work.note({ key, dueAt: at(1000) });
        work.drop(key);
      },
    });
    work.note({ key: 'a', dueAt: at(0) });
    await pass(10_000);
    expect(done).toEqual(['a']);
  });

  it('is tried again where it failed', async () => {
    let failures = 3;
    begin({
      run: async (key) => {
        if ((failures -= 1) >= 0) throw new Error('not now');
        done.push(key);
      },
    });
    work.note({ key: 'a', dueAt: at(0) });
    await pass(5000);
    expect(done).toEqual(['a']);
  });

  it('follows the wall clock when it is set forth, and back again', async () => {
    stored.set('a', at(hourMs)).set('b', at(3 * hourMs));
    begin();
    jump(2 * hourMs);
    await pass(2000);
    expect(done).toEqual(['a']);
    jump(-2 * hourMs);
    await pass(2 * hourMs);
    expect(done).toEqual(['a']);
    await pass(hourMs + 2000);
    expect(done).toEqual(['a', 'b']);
  });

  it('waits for a delay by the monotonic clock, however the wall clock is set', async () => {
    begin({ maxDelayMs: 120_000 });
    work.note({ key: 'a', dueAt: at(10_000) });
    jump(-hourMs);
    await pass(9000);
    expect(done).toEqual([]);
    await pass(2000);
    expect(done).toEqual(['a']);
  });

  it.each([
    ['back', -120_000],
    ['forth', 60_000],
  ])(
    'waits for a delay as long as before where the view shows it again after the wall clock was set %s',
    async (_way, ms) => {
      stored.set('a', at(10_000));
      begin({ maxDelayMs: hourMs });
      work.note({ key: 'a', dueAt: stored.get('a')! });
      jump(ms);
      await pass(9000);
      expect(done).toEqual([]);
      await pass(2000);
      expect(done).toEqual(['a']);
    },
  );

  it('waits for a long delay by the monotonic clock, too', async () => {
    begin({ maxDelayMs: hourMs });
    work.note({ key: 'a', dueAt: at(hourMs / 2) });
    jump(-12 * hourMs); // from here on, the view shows it as due much later
    await pass(hourMs / 2 + 2000);
    expect(done).toEqual(['a']);
  });

  it('never waits longer for a delay than the longest there is', async () => {
    stored.set('a', at(hourMs)); // noted before the wall clock was set back
    begin({
      maxDelayMs: 120_000,
      async *find() {
        for (const [key, dueAt] of stored) yield { key, dueAt };
      },
    });
    await pass(121_000);
    expect(done).toEqual(['a']);
  });
});
