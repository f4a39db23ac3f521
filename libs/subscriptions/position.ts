/** A position in the log that moves forward, and callers that wait for it. */
export type TrackedPosition = {
  readonly current: () => number;
  readonly moveTo: (position: number) => void;
  /** True once `position` is reached, false if that takes longer than `timeoutMs`. */
  readonly reached: (position: number, timeoutMs: number) => Promise<boolean>;
};

export const trackedPosition = (): TrackedPosition => {
  let current = 0;
  const waiting = new Set<{ readonly position: number; readonly arrive: () => void }>();

  return {
    current: () => current,
    moveTo: (position) => {
      current = position;
      for (const waiter of waiting) if (waiter.position <= current) waiter.arrive();
    },
    reached: (position, timeoutMs) =>
      position <= current
        ? Promise.resolve(true)
        : new Promise((resolve) => {
            const settle = (arrived: boolean) => {
              clearTimeout(timer);
              waiting.delete(waiter);
              resolve(arrived);
            };
            const timer = setTimeout(() => settle(false), timeoutMs);
            const waiter = { position, arrive: () => settle(true) };
            waiting.add(waiter);
          }),
  };
};
