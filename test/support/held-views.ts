import type { ReadModels } from '#lib/read-models';

/** Read models whose views take in nothing until they are released: as right after a start, but for as long as a test needs it. */
export type HeldViews = { readonly models: ReadModels; readonly release: () => void };

export const holdViews = (models: ReadModels): HeldViews => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const held = new Proxy(models, {
    get: (target, method: keyof ReadModels) => {
      const call = (target[method] as (...args: readonly unknown[]) => unknown).bind(target);
      return method === 'apply' ? async (...args: readonly unknown[]) => released.then(() => call(...args)) : call;
    },
  });
  return { models: held, release };
};
