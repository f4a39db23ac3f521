import {
  DEFAULT_CONNECTION_CONFIG,
  type SignalDataSet,
  type SignalDataTypeMap,
  type SignalKeyStore,
  type SignalKeyStoreWithTransaction,
  type SocketConfig,
} from '@whiskeysockets/baileys';
import type { ArrivalJournal } from './arrival-journal.js';
import type { Arrival } from './credentials/port.js';
import type { OutgoingFrames } from './outgoing-frames.js';
import { isRatchet, PendingKeyChanges } from './pending-key-changes.js';

/** A store of keys that can also store received messages. */
export type KeyAndArrivalStore = SignalKeyStore & {
  /** Stores both or neither. The write is queued when this returns. */
  storeReceived(changes: SignalDataSet, arrivals: readonly Arrival[]): Promise<void>;
};

/**
 * A Signal repository whose keys survive a crash at any time.
 *
 * Sending: Baileys encrypts in a transaction that is committed after the message was sent. A process that is killed in between would use the
 * same message key again, and the receiver could not decrypt the next message; the transaction also hides changes by received messages. So
 * ratchets bypass transactions. libsignal changes them in order, one at a time for each address, and a message is only written to the
 * socket once its ratchet is stored. The next message is encrypted meanwhile.
 *
 * Receiving: a message can be decrypted once, and WhatsApp deletes it when Baileys has decrypted it. So the plaintext is stored in one write
 * with the changed ratchet before Baileys continues.
 */
export const durableSignalRepository =
  (
    store: KeyAndArrivalStore,
    journal: ArrivalJournal,
    frames: Pick<OutgoingFrames, 'holdUntil'>,
  ): SocketConfig['makeSignalRepository'] =>
  ({ creds, keys }, ...rest) => {
    const make = DEFAULT_CONNECTION_CONFIG.makeSignalRepository;
    const pending = new PendingKeyChanges();
    const sender = make(
      { creds, keys: keysForSending(keys as SignalKeyStoreWithTransaction, store, pending, frames) },
      ...rest,
    );
    // Pending changes belong to the message that is being decrypted, so messages are decrypted one at a time, with a repository of their
    // own. It is created on demand, since idle sessions do not need it.
    let receiver: typeof sender | undefined;
    const receiverOnDemand = (): typeof sender =>
      (receiver ??= make({ creds, keys: keysForReceiving(store, pending) }, ...rest));
    let last: Promise<unknown> = Promise.resolve();
    const decryptOnce = (ciphertext: Uint8Array, decrypt: () => Promise<Uint8Array>): Promise<Uint8Array> => {
      const decrypting = last.then(async () => {
        const known = journal.plaintextOf(ciphertext);
        if (known) return known;
        const plaintext = await decrypt();
        await journal.add(ciphertext, plaintext, (arrivals) => {
          const storing = store.storeReceived(pending.all, arrivals);
          pending.clear(); // the write is queued, and later writes are behind it
          return storing;
        });
        return plaintext;
      });
      last = decrypting.then(
        () => undefined,
        () => pending.clear(),
      );
      return decrypting;
    };
    return {
      ...sender,
      decryptMessage: (message) => decryptOnce(message.ciphertext, () => receiverOnDemand().decryptMessage(message)),
      decryptGroupMessage: (message) => decryptOnce(message.msg, () => receiverOnDemand().decryptGroupMessage(message)),
      close: () => {
        sender.close?.();
        receiver?.close?.();
      },
    };
  };

const keysForSending = (
  keys: SignalKeyStoreWithTransaction,
  store: SignalKeyStore,
  pending: PendingKeyChanges,
  frames: Pick<OutgoingFrames, 'holdUntil'>,
): SignalKeyStoreWithTransaction => ({
  ...keys,
  get: (type, ids) => (isRatchet(type) ? pending.readThrough(store, type, ids) : keys.get(type, ids)),
  set: async ({ session, 'sender-key': senderKey, ...others }) => {
    const ratchets: SignalDataSet = { ...(session && { session }), ...(senderKey && { 'sender-key': senderKey }) };
    if (Object.keys(ratchets).length > 0) {
      await pending.waitBefore(ratchets);
      frames.holdUntil(Promise.resolve(store.set(ratchets)));
    }
    if (Object.keys(others).length > 0) await keys.set(others);
  },
});

const keysForReceiving = (store: SignalKeyStore, pending: PendingKeyChanges): SignalKeyStoreWithTransaction => ({
  get: <T extends keyof SignalDataTypeMap>(type: T, ids: string[]) => pending.readThrough(store, type, ids),
  // A changed identity is stored at once: it holds whatever the message turns out to be, and libsignal has changed nothing else yet.
  set: async (data) => (data['identity-key'] ? store.set(data) : pending.add(data)),
  isInTransaction: () => false,
  transaction: (work) => work(),
});
