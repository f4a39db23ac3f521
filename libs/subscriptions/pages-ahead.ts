import type { Recorded } from '#lib/event-sourcing';
import type { SubscriptionPage } from '#lib/event-store';

/** Bounds of what is handled together, in memory and in the time that the calling thread has no other turn. */
const maxEvents = 512;
const maxPages = 50;

/** Pages that follow each other, as one. */
export type PagesAhead = Pick<SubscriptionPage, 'position' | 'live'> & { readonly events: readonly Recorded[] };

/** Collects the pages that come while earlier ones are being handled: they are handled next, together. A single page is not held up. */
export type ReadAhead = {
  readonly add: (events: readonly Recorded[], page: Pick<SubscriptionPage, 'position' | 'live'>) => void;
  /** Whether all that was read is handled. */
  readonly isIdle: () => boolean;
  /** Resolves when more may be read. */
  readonly room: () => Promise<void>;
  /** Resolves when all that was read is handled, or nothing more will be. */
  readonly rest: () => Promise<void>;
  /** Resolves when what was begun is handled. @throws what `handle` threw: it is not called again after that. */
  readonly end: () => Promise<void>;
};

/** `handle` is called with one batch at a time, and takes it when it begins. After the abort of the signal, nothing new is begun. */
export const readAhead = (
  handle: (take: () => PagesAhead) => Promise<void>,
  { signal, failed }: { readonly signal: AbortSignal; readonly failed: () => void },
): ReadAhead => {
  let events: Recorded[] = [];
  let pages = 0;
  let last: Pick<SubscriptionPage, 'position' | 'live'> | undefined;
  let isRunning = false;
  let running: Promise<void> = Promise.resolve();
  let makeRoom = (): void => undefined;

  const take = (): PagesAhead => {
    if (!last) throw new Error('Nothing was read');
    const taken = { events, ...last };
    [events, pages, last] = [[], 0, undefined];
    makeRoom();
    return taken;
  };

  const hasPages = (): boolean => last !== undefined;

  const run = async (): Promise<void> => {
    try {
      while (hasPages() && !signal.aborted) await handle(take);
      isRunning = false;
    } catch (error) {
      failed(); // still running: no later batch may pass the one that failed
      throw error;
    } finally {
      makeRoom();
    }
  };

  const isFull = (): boolean => isRunning && !signal.aborted && (events.length >= maxEvents || pages >= maxPages);

  return {
    add: (more, { position, live }) => {
      for (const event of more) events.push(event);
      pages += 1;
      last = { position, live };
      if (isRunning) return;
      isRunning = true;
      running = run();
      running.catch(() => undefined); // thrown by `end`
    },
    isIdle: () => !isRunning,
    room: async () => {
      while (isFull()) await new Promise<void>((resolve) => (makeRoom = resolve));
    },
    rest: () => running.catch(() => undefined), // thrown by `end`
    end: () => running,
  };
};
