/** The positions that are being handled. Handling may end in any order; `doneUpTo` is the checkpoint that follows. */
export type InFlight = {
  /** Positions must be begun in ascending order. */
  readonly begin: (position: number) => void;
  readonly end: (position: number) => void;
  /** Everything up to here has been read: what was not begun needs no handling. */
  readonly seen: (position: number) => void;
  /** Everything up to here is done. */
  readonly doneUpTo: () => number;
  /** Resolves when fewer than `limit` positions are in flight, or the signal is aborted. One caller at a time. */
  readonly room: (limit: number) => Promise<void>;
};

export const inFlight = (start: number, signal: AbortSignal): InFlight => {
  /** The positions that are open, each with the one that was seen before it. */
  const open = new Map<number, number>();
  let seenUpTo = start;
  let waiting: { readonly limit: number; readonly resume: () => void } | undefined;
  signal.addEventListener('abort', () => waiting?.resume(), { once: true });

  return {
    begin: (position) => {
      open.set(position, seenUpTo);
      seenUpTo = Math.max(seenUpTo, position);
    },
    end: (position) => {
      open.delete(position);
      if (waiting && open.size < waiting.limit) waiting.resume();
    },
    seen: (position) => {
      seenUpTo = Math.max(seenUpTo, position);
    },
    doneUpTo: () => {
      for (const before of open.values()) return before; // a Map keeps the order of insertion
      return seenUpTo;
    },
    room: (limit) =>
      open.size < limit || signal.aborted
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting = {
              limit,
              resume: () => {
                waiting = undefined;
                resolve();
              },
            };
          }),
  };
};
