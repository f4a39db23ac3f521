import { LRUCache } from 'lru-cache';
import type { CredentialStore } from './port.js';

/** Undefined says that there is none, which is asked for as often as what there is. */
type Known = { readonly value: Uint8Array | undefined };

/** For all sessions together, so that many idle ones take no room. */
const mostValues = 4000;
const mostBytes = 2 ** 24;

/** The same store, with the values that were read or written last in memory. Every change must be made through it. */
export const cachedCredentials = (store: CredentialStore): CredentialStore => {
  const cache = new LRUCache<string, Known>({
    max: mostValues,
    maxSize: mostBytes,
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
        // What was changed meanwhile may be newer than what was read.
        if (changes === changesBefore) cache.set(keyOf(sessionId, type, id), { value });
      }
      return found;
    },
    async write(sessionId, entries, survives, arrivals) {
      changes += 1;
      for (const { type, id, value } of entries) cache.set(keyOf(sessionId, type, id), { value: value ?? undefined });
      try {
        await store.write(sessionId, entries, survives, arrivals);
      } catch (error) {
        forget(sessionId);
        throw error;
      }
    },
    async remove(sessionId) {
      forget(sessionId);
      await store.remove(sessionId);
      forget(sessionId); // what was read while it was not gone yet
    },
    arrivals: (sessionId) => store.arrivals(sessionId),
    sessions: () => store.sessions(),
    close: () => store.close(),
  };
};

const keyOf = (sessionId: string, type: string, id: string): string => `${sessionId}\0${type}\0${id}`;
