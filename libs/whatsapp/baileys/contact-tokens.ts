import type { SignalKeyStore } from '@whiskeysockets/baileys';

/**
 * From time to time an account gives each of its contacts a token, along with a message. Baileys records this in the transaction of that
 * message after the transaction was committed, so the record is lost and every further message gives a token again. With this, `keys` reads
 * and writes tokens outside of transactions, directly in `store`.
 */
export const rememberContactTokens = (keys: SignalKeyStore, store: SignalKeyStore): void => {
  const get = keys.get.bind(keys);
  const set = keys.set.bind(keys);
  keys.get = (type, ids) => (type === 'tctoken' ? store.get(type, ids) : get(type, ids));
  keys.set = async ({ tctoken, ...others }) => {
    if (tctoken) await store.set({ tctoken });
    if (Object.keys(others).length > 0) await set(others);
  };
};
