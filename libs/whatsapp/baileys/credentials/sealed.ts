import { LRUCache } from 'lru-cache';
import { checkKey, keyedHash, sealer, type KeyCheck, type MasterKey, type Sealer } from '#lib/vault';
import type { CredentialEntry, CredentialStore } from './port.js';
import { checkType } from './stored-value.js';

const purpose = 'whatsapp-credentials';
/** Hashes of ids are cached, since the same contacts occur again and again. */
const maxCachedNames = 4000;

/** Numbers reveal nothing, so they are stored unchanged. */
const contextOfArrival = (number: number): string => JSON.stringify(['arrival', number]);

/**
 * Encrypts the values of a store and hashes the ids, which contain phone numbers: the disk reveals neither the keys nor the contacts of a
 * session. A value can only be decrypted in the session, with the type and under the id that it was written with.
 */
export const sealedCredentials = (store: CredentialStore, master: MasterKey): CredentialStore => {
  const hash = keyedHash(master, purpose);
  // Each session has its own key, so that a session of many years stays far below the number of values that one key may encrypt.
  const sealers = new Map<string, Sealer>();
  const sealerOf = (sessionId: string): Sealer => {
    const known = sealers.get(sessionId) ?? sealer(master, `${purpose}/${sessionId}`);
    sealers.set(sessionId, known);
    return known;
  };
  const hashedNames = new LRUCache<string, string>({ max: maxCachedNames });
  const hashed = (sessionId: string, id: string): string => {
    const open = `${sessionId}/${id}`;
    const name = hashedNames.get(open) ?? hash.of(open).toString('base64url', 0, 18);
    hashedNames.set(open, name);
    return name;
  };
  const contextOf = (type: string, id: string): string => JSON.stringify([type, id]);

  return {
    async read(sessionId, type, ids) {
      const { open } = sealerOf(sessionId);
      const names = new Map(ids.map((id) => [hashed(sessionId, id), id]));
      const sealed = await store.read(sessionId, type, [...names.keys()]);
      return new Map(
        Array.from(sealed, ([name, value]) => {
          const id = names.get(name)!;
          return [id, open(value, contextOf(type, id))];
        }),
      );
    },
    write(sessionId, entries, durability, arrivals = []) {
      const { seal } = sealerOf(sessionId);
      const sealed = entries.map(({ type, id, value }) => ({
        type,
        id: hashed(sessionId, id),
        value: value && seal(value, contextOf(type, id)),
      }));
      const sealedArrivals = arrivals.map(({ number, value }) => ({
        number,
        value: value && seal(value, contextOfArrival(number)),
      }));
      return store.write(sessionId, sealed, durability, sealedArrivals);
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

const keyCheckOf = { session: '', type: checkType, id: '' };

/** Where one entry can be read and written. */
type EntryStore = {
  read(session: string, type: string, id: string): Promise<Uint8Array | undefined>;
  write(session: string, entry: CredentialEntry): Promise<void>;
};

/** @throws {VaultError} `wrong_key`, `missing_store` */
export const checkCredentialsKey = (store: EntryStore, check: KeyCheck): Promise<void> => {
  const { session, type, id } = keyCheckOf;
  return checkKey(check, {
    read: () => store.read(session, type, id),
    write: (value) => store.write(session, { type, id, value }),
  });
};

/**
 * Like {@link sealedCredentials}, for a store that was just opened.
 * @throws {VaultError} `wrong_key`, `missing_store`
 */
export const openSealedCredentials = async (store: CredentialStore, check: KeyCheck): Promise<CredentialStore> => {
  const entries: EntryStore = {
    read: async (session, type, id) => (await store.read(session, type, [id])).get(id),
    write: (session, entry) => store.write(session, [entry], 'power_cut'),
  };
  await checkCredentialsKey(entries, check);
  return sealedCredentials(store, check.key);
};
