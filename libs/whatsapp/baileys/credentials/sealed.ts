import { LRUCache } from 'lru-cache';
import { keyedHash, sealer, type MasterKey, type Sealer } from '#lib/vault';
import type { CredentialStore } from './port.js';

const purpose = 'whatsapp-credentials';
/** Those who write write to the same people again. */
const mostNames = 4000;

/** A number tells nothing, so it is stored as it is. */
const contextOfArrival = (number: number): string => JSON.stringify(['arrival', number]);

/**
 * The same store, with values sealed and ids (they hold phone numbers) hashed, so that the disk tells neither the keys nor whom a
 * session talks to. A value opens only as what it was written as: in its session, of its type, under its id.
 */
export const sealedCredentials = (store: CredentialStore, master: MasterKey): CredentialStore => {
  const hash = keyedHash(master, purpose);
  // A key for each session: one that writes for years stays far from the number of values that one key is good for.
  const sealers = new Map<string, Sealer>();
  const sealerOf = (sessionId: string): Sealer => {
    const known = sealers.get(sessionId) ?? sealer(master, `${purpose}/${sessionId}`);
    sealers.set(sessionId, known);
    return known;
  };
  const hiddenNames = new LRUCache<string, string>({ max: mostNames });
  const hidden = (sessionId: string, id: string): string => {
    const open = `${sessionId}/${id}`;
    const name = hiddenNames.get(open) ?? hash.of(open).toString('base64url', 0, 18);
    hiddenNames.set(open, name);
    return name;
  };
  const contextOf = (type: string, id: string): string => JSON.stringify([type, id]);

  return {
    async read(sessionId, type, ids) {
      const { open } = sealerOf(sessionId);
      const names = new Map(ids.map((id) => [hidden(sessionId, id), id]));
      const sealed = await store.read(sessionId, type, [...names.keys()]);
      return new Map(
        Array.from(sealed, ([name, value]) => {
          const id = names.get(name)!;
          return [id, open(value, contextOf(type, id))];
        }),
      );
    },
    write(sessionId, entries, survives, arrivals = []) {
      const { seal } = sealerOf(sessionId);
      const sealed = entries.map(({ type, id, value }) => ({
        type,
        id: hidden(sessionId, id),
        value: value && seal(value, contextOf(type, id)),
      }));
      const sealedArrivals = arrivals.map(({ number, value }) => ({
        number,
        value: value && seal(value, contextOfArrival(number)),
      }));
      return store.write(sessionId, sealed, survives, sealedArrivals);
    },
    async arrivals(sessionId) {
      const { open } = sealerOf(sessionId);
      const sealed = await store.arrivals(sessionId);
      return sealed.map(({ number, value }) => ({ number, value: open(value, contextOfArrival(number)) }));
    },
    async remove(sessionId) {
      await store.remove(sessionId);
      sealers.delete(sessionId);
    },
    sessions: () => store.sessions(),
    close: () => store.close(),
  };
};
