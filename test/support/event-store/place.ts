import type { EventStore } from '#lib/event-store';

/** A store of a test's own, empty at first. */
export type StorePlace = {
  readonly store: EventStore;
  /** Closes the store and opens it again on what it has stored. */
  readonly reopen: () => Promise<EventStore>;
  /** Opens a copy that `backup` has made; where backups are not supported, undefined. */
  readonly openCopy?: (file: string) => Promise<EventStore>;
  /** A path at which nothing is. */
  readonly freePath: () => string;
  readonly remove: () => Promise<void>;
};

export type OpenPlace = () => Promise<StorePlace>;

/** Runs a test with a store of its own, and cleans up. */
export const withStore =
  (open: OpenPlace, test: (store: EventStore, place: StorePlace) => Promise<void>): (() => Promise<void>) =>
  async () => {
    const place = await open();
    try {
      await test(place.store, place);
    } finally {
      await place.remove();
    }
  };
