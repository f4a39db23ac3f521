import { jest } from '@jest/globals';

/** Sets the time of day of this process; timers and the monotonic clock go on as they did. */
export const setClock = (time: Date | number): void => {
  jest.useFakeTimers({
    now: time,
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
};

const monotonicMs = performance.now.bind(performance);
let passedMs = 0;

/** Moves the clocks of this process on by so many seconds, the monotonic one too; timers do not notice. */
export const passSeconds = (seconds: number): void => {
  setClock(Date.now() + seconds * 1000);
  passedMs += seconds * 1000;
  performance.now = () => monotonicMs() + passedMs;
};

/** Gives the process its own time of day again. */
export const freeClock = (): void => void jest.useRealTimers();
