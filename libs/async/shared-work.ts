/**
 * Work that is done once for all who want it at the same time: whoever asks for a key whose work is under way shares its result, or its error.
 * Once it has ended, the next one begins it anew.
 */
export const sharedWork = <Result>(): ((key: string, work: () => Promise<Result>) => Promise<Result>) => {
  const underWay = new Map<string, Promise<Result>>();

  return (key, work) => {
    const known = underWay.get(key);
    if (known) return known;
    const begun = work().finally(() => underWay.delete(key));
    underWay.set(key, begun);
    return begun;
  };
};
