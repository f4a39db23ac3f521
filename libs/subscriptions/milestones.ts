/** How far something has come, and who waits for it to come further. */
export type Milestones = {
  readonly position: () => number;
  readonly advance: (position: number) => void;
  /** True once `position` is reached, false when that takes longer than `timeout` milliseconds. */
  readonly reached: (position: number, timeout: number) => Promise<boolean>;
};

export const milestones = (): Milestones => {
  let current = 0;
  const waiting = new Set<{ readonly position: number; readonly arrive: () => void }>();

  return {
    position: () => current,
    advance: (position) => {
      current = position;
      for (const waiter of waiting) if (waiter.position <= current) waiter.arrive();
    },
    reached: (position, timeout) =>
      position <= current
        ? Promise.resolve(true)
        : new Promise((resolve) => {
            const settle = (arrived: boolean) => {
              clearTimeout(timer);
              waiting.delete(waiter);
              resolve(arrived);
            };
            const timer = setTimeout(() => settle(false), timeout);
            const waiter = { position, arrive: () => settle(true) };
            waiting.add(waiter);
          }),
  };
};
