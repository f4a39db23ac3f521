import { LRUCache } from 'lru-cache';
import type { CredentialStore } from './port.js';

/** Undefined where the store has no value: that is cached as well. */
type CachedValue = { readonly value: Uint8Array | undefined };

/** Of all sessions together, so that idle ones take no memory. */
const maxCachedValues = 4000;
const maxCachedBytes = 2 ** 24;

/** Caches the values of a store that were used last. All changes must be made through it. */
export const cachedCredentials = (store: CredentialStore): CredentialStore => {
  const cache = new LRUCache<string, CachedValue>({
    max: maxCachedValues,
    maxSize: maxCachedBytes,
    sizeCalculation: ({ value }, key) => key.length + (value?.byteLength ?? 0) + 1,
  });
  let changes = 0;
  const forget = (sessionId: string): void => {
    changes += 1;
    for (const key of cache.keys()) if (key.startsWith(`${sessionId}\0`)) cache.delete(key);
  };

  return {
    async read(sessionId, type, ids) {
      const found = new Map<string, Uint8Array>();
      const missing = ids.filter((id) => {
        const known = cache.get(keyOf(sessionId, type, id));
        if (known?.value) found.set(id, known.value);
        return !known;
      });
      if (missing.length === 0) return found;
      const changesBefore = changes;
      const read = await store.read(sessionId, type, missing);
      for (const id of missing) {
        const value = read.get(id);
        if (value) found.set(id, value);
        // A change that was made meanwhile may be newer than this value.
        if (changes === changesBefore) cache.set(keyOf(sessionId, type, id), { value });
      }
      return found;
    },
    async write(sessionId, entries, durability, arrivals) {
      changes += 1;
      for (const { type, id, value } of entries) cache.set(keyOf(sessionId, type, id), { value: value ?? undefined });
      try {
        await store.write(sessionId, entries, durability, arrivals);
      } catch (error) {
        forget(sessionId);
        throw error;
      }
    },
    async remove(sessionId) {
      forget(sessionId);
      await store.remove(sessionId);
      forget(sessionId); // values that were read before the removal was complete
    },
    arrivals: (sessionId) => store.arrivals(sessionId),
    sessions: () => store.sessions(),
    close: () => store.close(),
  };
};

const keyOf = (sessionId: string, type: string, id: string): string => `${sessionId}\0${type}\0${id}`;
