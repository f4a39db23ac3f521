import { jest } from '@jest/globals';

/** Sets the clock of this process to a time; timers go on as they did. */
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

/** Moves the clock of this process on by so many seconds; timers do not notice. */
export const passSeconds = (seconds: number): void => setClock(Date.now() + seconds * 1000);

/** Gives the process its own clock again. */
export const freeClock = (): void => void jest.useRealTimers();
