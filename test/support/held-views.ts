import type { Batch, ReadModels } from '#lib/read-models';

/**
 * Read models whose views take in nothing until they are released: as right after a start, but for as long as a test needs it. `release` lets
 * all go on, or all but those that are named.
 */
export type HeldViews = { readonly models: ReadModels; readonly release: (except?: readonly string[]) => void };

export const holdViews = (models: ReadModels): HeldViews => {
  let isFree = (_view: string): boolean => false;
  let waiting: (() => void)[] = [];
  const freed = async (view: string): Promise<void> => {
    while (!isFree(view)) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const release = (except: readonly string[] = []): void => {
    isFree = (view) => !except.includes(view);
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  const held = new Proxy(models, {
    get: (target, method: keyof ReadModels) => {
      const call = (target[method] as (...args: readonly unknown[]) => unknown).bind(target);
      return method === 'apply' ? async (batch: Batch) => freed(batch.collection).then(() => call(batch)) : call;
    },
  });
  return { models: held, release };
};
