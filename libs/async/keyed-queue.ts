import { Transient } from './transient.js';

/** More tasks wait than the queue may hold. The task was not taken. */
export class QueueFull extends Transient {
  override readonly name = 'QueueFull';
}

/** Runs tasks with the same key one after the other, in the order of the calls, and those with different keys side by side. */
export type KeyedQueue = {
  /** Settles as the task does; a failed task does not stop those behind it. @throws {QueueFull} */
  readonly run: <Result>(key: string, task: () => Promise<Result>) => Promise<Result>;
  /** Starts no further task until `resume`; those that run go on. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Resolves when every task taken so far has ended. While paused, only those that run count. */
  readonly drain: () => Promise<void>;
};

type Lane = { readonly waiting: (() => void)[]; isBusy: boolean };

/** Without bounds, a task whose key is free starts within the call itself. */
export const keyedQueue = ({
  maxConcurrent = Infinity,
  maxWaiting = Infinity,
}: { readonly maxConcurrent?: number; readonly maxWaiting?: number } = {}): KeyedQueue => {
  const lanes = new Map<string, Lane>();
  /** Keys that are free and have a task waiting, because the queue is paused or has no slot: in the order in which they came. */
  const blocked = new Set<string>();
  const drained = new Set<() => void>();
  let running = 0;
  let waiting = 0;
  let isPaused = false;

  const isDrained = (): boolean => running === 0 && (waiting === 0 || isPaused);

  const start = (lane: Lane): void => {
    const next = lane.waiting.shift();
    if (!next) return;
    lane.isBusy = true;
    waiting -= 1;
    running += 1;
    next();
  };

  const startBlocked = (): void => {
    for (const key of blocked) {
      if (isPaused || running >= maxConcurrent) return;
      blocked.delete(key);
      const lane = lanes.get(key);
      if (lane) start(lane);
    }
  };

  const ended = (key: string, lane: Lane): void => {
    running -= 1;
    lane.isBusy = false;
    if (lane.waiting.length === 0) lanes.delete(key);
    else blocked.add(key);
    startBlocked();
    if (!isDrained()) return;
    for (const resolve of drained) resolve();
    drained.clear();
  };

  const run = <Result>(key: string, task: () => Promise<Result>): Promise<Result> => {
    if (waiting >= maxWaiting) return Promise.reject(new QueueFull(`${waiting} tasks are waiting already`));
    const lane = lanes.get(key) ?? { waiting: [], isBusy: false };
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
      if (lane.isBusy) return;
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
