import {
  DEFAULT_CONNECTION_CONFIG,
  type SignalDataSet,
  type SignalKeyStore,
  type SignalKeyStoreWithTransaction,
  type SocketConfig,
} from '@whiskeysockets/baileys';
import { keyedQueue } from '#lib/async';
import type { ArrivalJournal } from './arrival-journal.js';
import type { Arrival } from './credentials/port.js';
import type { OutgoingFrames } from './outgoing-frames.js';
import { isRatchet, PendingKeyChanges } from './pending-key-changes.js';
import { ReceivedMessageKeys } from './received-message-keys.js';
import { sessionJid } from './session-jid.js';
import type { SessionRenewals } from './session-renewals.js';

/** A store of keys that can also store received messages. */
export type KeyAndArrivalStore = SignalKeyStore & {
  /** Stores both or neither. The write is queued when this returns. */
  storeReceived(changes: SignalDataSet, arrivals: readonly Arrival[]): Promise<void>;
};

export type SignalRepositoryParts = {
  readonly store: KeyAndArrivalStore;
  readonly journal: ArrivalJournal;
  readonly frames: Pick<OutgoingFrames, 'holdUntil'>;
  readonly renewals: SessionRenewals;
  /**
   * The keys of a received message could not be read or stored. Where they could not be read, this looks to Baileys like a message that cannot
   * be decrypted, and it would ask the sender for it again: the connection must have ended when this returns, unconfirmed, so that WhatsApp
   * repeats what came, in order. Nothing that was changed on it later may be stored.
   */
  readonly onStoreFailed: (error: unknown) => void;
};

/**
 * A Signal repository whose keys survive a crash at any time.
 *
 * Sending: Baileys encrypts in a transaction that is committed after the message was sent. A process that is killed in between would use the
 * same message key again, and the receiver could not decrypt the next message; the transaction also hides changes by received messages. So
 * ratchets bypass transactions. libsignal changes them in order, one at a time for each address, and a message is only written to the
 * socket once its ratchet is stored. The next message is encrypted meanwhile.
 *
 * Receiving: a message can be decrypted once, and WhatsApp deletes it when it is confirmed. So the plaintext is stored in one write with the
 * changed ratchet, and what Baileys sends from then on waits for that: it confirms nothing earlier, and decrypts the next message meanwhile. A
 * message that cannot be decrypted changes nothing.
 */
export const durableSignalRepository =
  ({ store, journal, frames, renewals, onStoreFailed }: SignalRepositoryParts): SocketConfig['makeSignalRepository'] =>
  ({ creds, keys }, ...rest) => {
    const make = DEFAULT_CONNECTION_CONFIG.makeSignalRepository;
    const pending = new PendingKeyChanges();
    const received = new ReceivedMessageKeys(store, pending, onStoreFailed);
    const sender = make(
      { creds, keys: keysForSending(keys as SignalKeyStoreWithTransaction, store, pending, frames) },
      ...rest,
    );
    // Pending changes belong to the message that is being decrypted, so messages are decrypted one at a time, with a repository of their
    // own. It is created on demand, since idle sessions do not need it.
    let receiver: typeof sender | undefined;
    const receiverOnDemand = (): typeof sender => (receiver ??= make({ creds, keys: received.keys }, ...rest));
    let last: Promise<unknown> = Promise.resolve();
    const decryptOnce = (ciphertext: Uint8Array, decrypt: () => Promise<Uint8Array>): Promise<Uint8Array> => {
      const decrypting = last.then(async () => {
        const known = journal.plaintextOf(ciphertext);
        if (known) return known;
        let plaintext: Uint8Array;
        try {
          plaintext = await decrypt();
        } catch (error) {
          // The connection before this one may have decrypted it meanwhile.
          const knownMeanwhile = journal.plaintextOf(ciphertext);
          if (knownMeanwhile) return knownMeanwhile;
          throw error;
        }
        frames.holdUntil(journal.add(ciphertext, plaintext, (arrivals) => received.store(arrivals)));
        return plaintext;
      });
      const settled = (): void => received.settle();
      last = decrypting.then(settled, settled);
      return decrypting;
    };
    const withSessionJid = async <Device extends { readonly jid: string }>(device: Device): Promise<Device> => ({
      ...device,
      jid: await sessionJid(device.jid, sender),
    });
    return {
      ...sender,
      encryptMessage: async (message) => sender.encryptMessage(await withSessionJid(message)),
      injectE2ESession: async (injection) => {
        if (await renewals.isNeeded(injection, sender)) await sender.injectE2ESession(await withSessionJid(injection));
      },
      decryptMessage: (message) =>
        decryptOnce(message.ciphertext, async () => {
          const addressed = await withSessionJid(message);
          const decrypt = (): Promise<Uint8Array> => receiverOnDemand().decryptMessage(addressed);
          return message.type === 'msg' ? received.tryEachSession(decrypt) : decrypt();
        }),
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
): SignalKeyStoreWithTransaction => {
  const locks = keyedQueue();
  return {
    ...keys,
    // What is changed within one bypasses it, or is a single change.
    transaction: (work, key) => locks.run(key, work),
    get: (type, ids) => (isRatchet(type) ? pending.readThrough(store, type, ids) : keys.get(type, ids)),
    set: async ({ session, 'sender-key': senderKey, ...others }) => {
      const ratchets: SignalDataSet = { ...(session && { session }), ...(senderKey && { 'sender-key': senderKey }) };
      if (Object.keys(ratchets).length > 0) {
        await pending.waitBefore(ratchets);
        frames.holdUntil(Promise.resolve(store.set(ratchets)));
      }
      if (Object.keys(others).length > 0) await keys.set(others);
    },
  };
};
