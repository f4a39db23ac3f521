/** Runs tasks with the same key one after the other, in the order of the calls, and those with different keys side by side. */
export type Lanes = {
  /** The task's own result or error. */
  readonly run: <Result>(key: string, task: () => Promise<Result>) => Promise<Result>;
  /** Resolves when every task called for so far has ended. */
  readonly idle: () => Promise<void>;
};

export const lanes = (): Lanes => {
  const tails = new Map<string, Promise<void>>();

  /** Ends whatever becomes of the task: its error is its caller's. */
  const settle = async (key: string, result: Promise<unknown>, own: () => Promise<void>): Promise<void> => {
    await Promise.allSettled([result]);
    if (tails.get(key) === own()) tails.delete(key);
  };

  const run = <Result>(key: string, task: () => Promise<Result>): Promise<Result> => {
    const before = tails.get(key);
    const result = before ? before.then(task) : task();
    const tail: Promise<void> = settle(key, result, () => tail);
    tails.set(key, tail);
    return result;
  };
  return { run, idle: async () => void (await Promise.all(tails.values())) };
};
