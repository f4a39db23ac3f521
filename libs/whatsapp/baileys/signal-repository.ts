import {
  DEFAULT_CONNECTION_CONFIG,
  type SignalDataSet,
  type SignalKeyStore,
  type SignalKeyStoreWithTransaction,
  type SocketConfig,
} from '@whiskeysockets/baileys';

/**
 * Baileys encrypts within a transaction that ends after the message left: killed in between, it would use the same message key for the
 * next one, which the receiver then cannot read. And while that transaction lasts, it hides what a received message changes. So the state
 * of ratchets is read from the store and written to it past any transaction: on its way before the message, and in the order
 * in which libsignal, which does one thing at a time for each address, makes the steps.
 */
export const steadyRepository =
  (store: SignalKeyStore): SocketConfig['makeSignalRepository'] =>
  ({ creds, keys }, ...rest) =>
    DEFAULT_CONNECTION_CONFIG.makeSignalRepository(
      { creds, keys: pastTransactions(keys as SignalKeyStoreWithTransaction, store) },
      ...rest,
    );

const pastTransactions = (
  keys: SignalKeyStoreWithTransaction,
  store: SignalKeyStore,
): SignalKeyStoreWithTransaction => ({
  ...keys,
  get: (type, ids) => (type === 'session' || type === 'sender-key' ? store : keys).get(type, ids),
  set: async ({ session, 'sender-key': senderKey, ...others }) => {
    const steps: SignalDataSet = { ...(session && { session }), ...(senderKey && { 'sender-key': senderKey }) };
    if (Object.keys(steps).length > 0) await store.set(steps);
    if (Object.keys(others).length > 0) await keys.set(others);
  },
});
