import type { EventStore, StoredEvent, Subscribe, SubscriptionPage } from '#lib/event-store';
import { openEventStoreDb, type EventStoreDbOptions } from '#lib/event-store/eventstoredb';
import { EventStoreDbServer } from '../eventstoredb-server/index.js';

/** Short waits, so that tests of trouble are quick; yet long enough for the answers of a busy machine. */
export const quick = {
  answerTimeoutMs: 1000,
  giveUpAfterMs: 10_000,
  stallAfterMs: 100,
  retry: { firstWaitMs: 5, maxWaitMs: 50 },
} as const;

export type Scene = {
  readonly server: EventStoreDbServer;
  readonly store: EventStore;
  /** Closes the store and opens one with other options. */
  readonly reopen: (options?: Partial<EventStoreDbOptions>) => Promise<EventStore>;
};

/** Runs a test with a server of its own and a store on it, and closes both. */
export const onServer =
  (test: (scene: Scene) => Promise<void>, options: Partial<EventStoreDbOptions> = {}): (() => Promise<void>) =>
  async () => {
    const server = await EventStoreDbServer.start();
    const open = (others: Partial<EventStoreDbOptions> = {}) =>
      openEventStoreDb({ url: server.url, limits: quick, ...options, ...others });
    let store = await open();
    const reopen = async (others?: Partial<EventStoreDbOptions>) => {
      await store.close();
      return (store = await open(others));
    };
    try {
      await test({ server, store, reopen });
    } finally {
      await store.close();
      await server.stop();
    }
  };

/** Follows a log in the background. */
export const follow = (store: EventStore, options: Partial<Subscribe> = {}) => {
  const abort = new AbortController();
  const pages: SubscriptionPage[] = [];
  const events: StoredEvent[] = [];
  const ended = (async () => {
    for await (const page of store.subscribe({ after: 0, ...options, signal: abort.signal })) {
      pages.push(page);
      events.push(...page.events);
    }
  })();
  ended.catch(() => {}); // for tests that wait for it
  return { pages, events, ended, isLive: () => pages.at(-1)?.live === true, stop: () => (abort.abort(), ended) };
};
