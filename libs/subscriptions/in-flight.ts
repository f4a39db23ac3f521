/** Which positions are being worked on, so that one knows up to where all is done though work ends in any order. */
export type InFlight = {
  /** Positions are begun in increasing order. */
  readonly begin: (position: number) => void;
  readonly end: (position: number) => void;
  /** Everything up to here has been looked at: what was not begun needs no work. */
  readonly seen: (position: number) => void;
  /** Everything up to here is done. */
  readonly doneUpTo: () => number;
  /** Resolves when fewer than `limit` positions are being worked on, or the signal is aborted. One caller at a time. */
  readonly room: (limit: number) => Promise<void>;
};

export const inFlight = (start: number, signal: AbortSignal): InFlight => {
  const open = new Set<number>();
  let lookedAt = start;
  let waiting: { readonly limit: number; readonly go: () => void } | undefined;
  signal.addEventListener('abort', () => waiting?.go(), { once: true });

  return {
    begin: (position) => {
      open.add(position);
      lookedAt = Math.max(lookedAt, position);
    },
    end: (position) => {
      open.delete(position);
      if (waiting && open.size < waiting.limit) waiting.go();
    },
    seen: (position) => {
      lookedAt = Math.max(lookedAt, position);
    },
    doneUpTo: () => {
      for (const first of open) return first - 1; // a Set keeps the order of insertion
      return lookedAt;
    },
    room: (limit) =>
      open.size < limit || signal.aborted
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting = {
              limit,
              go: () => {
                waiting = undefined;
                resolve();
              },
            };
          }),
  };
};
