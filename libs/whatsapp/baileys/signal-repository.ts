import {
  DEFAULT_CONNECTION_CONFIG,
  type SignalDataSet,
  type SignalDataTypeMap,
  type SignalKeyStore,
  type SignalKeyStoreWithTransaction,
  type SocketConfig,
} from '@whiskeysockets/baileys';
import type { Arrivals } from './arrivals.js';
import type { Arrival } from './credentials/port.js';
import { HeldSteps, isRatchet } from './held-steps.js';
import type { OutgoingFrames } from './outgoing-frames.js';

/** Keys, and a way to store them together with what was opened by them. */
export type KeysAndArrivals = SignalKeyStore & {
  /** All or none. It is on its way when this returns. */
  receive(steps: SignalDataSet, arrivals: readonly Arrival[]): Promise<void>;
};

/**
 * Baileys encrypts within a transaction that ends after the message left: killed in between, it would use the same message key for the
 * next one, which the receiver then cannot read. And while that transaction lasts, it hides what a received message changes. So the state
 * of ratchets is read from the store and written to it past any transaction, in the order in which libsignal, which does one thing at
 * a time for each address, makes the steps. The message leaves when they are stored; the next one is encrypted meanwhile.
 *
 * A received message opens once, and WhatsApp forgets it as soon as Baileys has opened it. So what it says is stored in one write with the
 * steps that opened it, before Baileys goes on.
 */
export const steadyRepository =
  (
    store: KeysAndArrivals,
    arrivals: Arrivals,
    frames: Pick<OutgoingFrames, 'after'>,
  ): SocketConfig['makeSignalRepository'] =>
  ({ creds, keys }, ...rest) => {
    const make = DEFAULT_CONNECTION_CONFIG.makeSignalRepository;
    const held = new HeldSteps();
    const sending = make(
      { creds, keys: pastTransactions(keys as SignalKeyStoreWithTransaction, store, held, frames) },
      ...rest,
    );
    // What is held belongs to the message that is being opened: so that is one at a time, by a repository of its own. Idle sessions have none.
    let receiving: typeof sending | undefined;
    const receiver = (): typeof sending => (receiving ??= make({ creds, keys: holding(store, held) }, ...rest));
    let last: Promise<unknown> = Promise.resolve();
    const open = (ciphertext: Uint8Array, decrypt: () => Promise<Uint8Array>): Promise<Uint8Array> => {
      const opening = last.then(async () => {
        const known = arrivals.plaintextOf(ciphertext);
        if (known) return known;
        const plaintext = await decrypt();
        await arrivals.keep(ciphertext, plaintext, (arrived) => {
          const storing = store.receive(held.steps, arrived);
          held.letGo(); // it is on its way, and whatever follows is behind it
          return storing;
        });
        return plaintext;
      });
      last = opening.then(nothing, () => held.letGo());
      return opening;
    };
    return {
      ...sending,
      decryptMessage: (message) => open(message.ciphertext, () => receiver().decryptMessage(message)),
      decryptGroupMessage: (message) => open(message.msg, () => receiver().decryptGroupMessage(message)),
      close: () => {
        sending.close?.();
        receiving?.close?.();
      },
    };
  };

const nothing = (): void => undefined;

const pastTransactions = (
  keys: SignalKeyStoreWithTransaction,
  store: SignalKeyStore,
  held: HeldSteps,
  frames: Pick<OutgoingFrames, 'after'>,
): SignalKeyStoreWithTransaction => ({
  ...keys,
  get: (type, ids) => (isRatchet(type) ? held.over(store, type, ids) : keys.get(type, ids)),
  set: async ({ session, 'sender-key': senderKey, ...others }) => {
    const steps: SignalDataSet = { ...(session && { session }), ...(senderKey && { 'sender-key': senderKey }) };
    if (Object.keys(steps).length > 0) {
      await held.before(steps);
      frames.after(Promise.resolve(store.set(steps)));
    }
    if (Object.keys(others).length > 0) await keys.set(others);
  },
});

/** The keys for opening a message: the steps that this takes are held. */
const holding = (store: SignalKeyStore, held: HeldSteps): SignalKeyStoreWithTransaction => ({
  get: <T extends keyof SignalDataTypeMap>(type: T, ids: string[]) => held.over(store, type, ids),
  // Who writes under another identity than before begins anew, whatever the message is. Libsignal has not begun with it then.
  set: async (data) => (data['identity-key'] ? store.set(data) : held.add(data)),
  isInTransaction: () => false,
  transaction: (work) => work(),
});
