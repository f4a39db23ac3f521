import { Transient } from './transient.js';

/** More tasks wait than the queue may hold. The task was not taken. */
export class QueueFull extends Transient {
  override readonly name = 'QueueFull';
}

/**
 * Runs tasks with the same key one after the other, in the order of the calls, and those with different keys side by side. With `maxPerKey`, so
 * many of a key run at a time, and start in the order of the calls.
 */
export type KeyedQueue = {
  /** Settles as the task does; a failed task does not stop those behind it. @throws {QueueFull} */
  readonly run: <Result>(key: string, task: () => Promise<Result>) => Promise<Result>;
  /** Starts no further task until `resume`; those that run go on. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Resolves when every task taken so far has ended. While paused, only those that run count. */
  readonly drain: () => Promise<void>;
};

type Lane = { readonly waiting: (() => void)[]; running: number };

export type KeyedQueueLimits = {
  /** Of all keys together. Where tasks of several keys wait, the keys take turns. */
  readonly maxConcurrent?: number;
  readonly maxPerKey?: number;
  readonly maxWaiting?: number;
};

/** Without bounds, a task whose key is free starts within the call itself. */
export const keyedQueue = ({
  maxConcurrent = Infinity,
  maxPerKey = 1,
  maxWaiting = Infinity,
}: KeyedQueueLimits = {}): KeyedQueue => {
  const lanes = new Map<string, Lane>();
  /** Keys that may start a task and have one waiting, because the queue is paused or has no slot: in the order in which they came. */
  const blocked = new Set<string>();
  const drained = new Set<() => void>();
  let running = 0;
  let waiting = 0;
  let isPaused = false;

  const isDrained = (): boolean => running === 0 && (waiting === 0 || isPaused);

  const start = (lane: Lane): void => {
    const next = lane.waiting.shift();
    if (!next) return;
    lane.running += 1;
    waiting -= 1;
    running += 1;
    next();
  };

  const startBlocked = (): void => {
    for (const key of blocked) {
      if (isPaused || running >= maxConcurrent) return;
      blocked.delete(key);
      const lane = lanes.get(key);
      if (!lane) continue;
      start(lane);
      if (lane.waiting.length > 0 && lane.running < maxPerKey) blocked.add(key); // behind the others
    }
  };

  const ended = (key: string, lane: Lane): void => {
    running -= 1;
    lane.running -= 1;
    if (lane.waiting.length > 0) blocked.add(key);
    else if (lane.running === 0) lanes.delete(key);
    startBlocked();
    if (!isDrained()) return;
    for (const resolve of drained) resolve();
    drained.clear();
  };

  const run = <Result>(key: string, task: () => Promise<Result>): Promise<Result> => {
    if (waiting >= maxWaiting) return Promise.reject(new QueueFull(`${waiting} tasks are waiting already`));
    const lane = lanes.get(key) ?? { waiting: [], running: 0 };
    lanes.set(key, lane);
    return new Promise<Result>((resolve, reject) => {
      waiting += 1;
      lane.waiting.push(() => {
        const settle = (): void => ended(key, lane);
        let result: Promise<Result>;
        try {
          result = task();
        } catch (error) {
          result = Promise.reject(error as Error);
        }
        result.then(resolve, reject).finally(settle);
      });
      if (lane.running >= maxPerKey) return;
      if (isPaused || running >= maxConcurrent) blocked.add(key);
      else if (!blocked.has(key)) start(lane);
    });
  };

  return {
    run,
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
      startBlocked();
    },
    drain: () => {
      if (isDrained()) return Promise.resolve();
      return new Promise((resolve) => {
        drained.add(resolve);
      });
    },
  };
};
