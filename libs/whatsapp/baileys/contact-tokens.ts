import type { SignalKeyStore } from '@whiskeysockets/baileys';

/**
 * Once in a while an account gives each of its contacts a token, with a message. Baileys writes down that it did when the transaction of
 * that message is over, and into that transaction: so it is forgotten, and every message asks WhatsApp to give another. From now on, `keys`
 * reads and writes these past any transaction, in `store`.
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
