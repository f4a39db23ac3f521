import type { EventStore } from '#lib/event-store';

/** An empty store for a test. */
export type StoreFixture = {
  readonly store: EventStore;
  /** Closes the store and opens it again. */
  readonly reopen: () => Promise<EventStore>;
  /** Opens a copy that `backup` has made. Undefined if backups are not supported. */
  readonly openCopy?: (file: string) => Promise<EventStore>;
  /** A path that does not exist. */
  readonly freePath: () => string;
  readonly remove: () => Promise<void>;
};

export type OpenStoreFixture = () => Promise<StoreFixture>;

/** Runs a test with a store, and cleans up. */
export const withStore =
  (open: OpenStoreFixture, test: (store: EventStore, fixture: StoreFixture) => Promise<void>): (() => Promise<void>) =>
  async () => {
    const fixture = await open();
    try {
      await test(fixture.store, fixture);
    } finally {
      await fixture.remove();
    }
  };
