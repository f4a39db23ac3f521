import { retrying, usualRetry } from '#lib/async';
import type { Log } from '#lib/subscriptions';

/** Work that goes on from where the service stopped. */
export type LoadingAtStart = {
  /** Does not keep the service from starting. To be called once. */
  begin(): void;
  /** Begins nothing more, and waits for what is under way. */
  end(): Promise<void>;
};

/** Loads what is to be gone on with, again and again until it succeeds. `failed` is logged whenever it does not. */
export const loadingAtStart = (load: () => Promise<void>, log: Log, failed: string): LoadingAtStart => {
  const stopping = new AbortController();
  const { signal } = stopping;
  let loading: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    const again = (error: unknown): boolean => {
      log.warn({ err: error }, failed);
      return true;
    };
    try {
      await retrying(load, { policy: usualRetry, signal, again });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };

  return {
    begin: () => {
      loading = run();
    },
    end: async () => {
      stopping.abort();
      await loading;
    },
  };
};
