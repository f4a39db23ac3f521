import type { SignalKeyStoreWithTransaction, WASocket } from '@whiskeysockets/baileys';
import { isOfPerson } from '../addresses.js';

type Relaying = Pick<WASocket, 'relayMessage'> & {
  readonly authState: { readonly keys: Pick<SignalKeyStoreWithTransaction, 'transaction'> };
};

/**
 * Baileys relays each message in a transaction of its keys, during which Node may follow every promise of the thread (see `async-context.ts`). A
 * message to a person gains nothing by it: ratchets bypass transactions, so does the record of a token, and a list of devices or an identity is as
 * WhatsApp's server has told it, whatever becomes of the message. With groups, who has got the sender key is written only once the message is.
 *
 * Messages to people must be relayed one after the other, as Baileys' transactions would do it.
 */
export const relayToPeopleWithoutTransaction = (socket: Relaying): void => {
  const { keys } = socket.authState;
  const { transaction } = keys;
  const { relayMessage } = socket;
  let isBeginning = false;
  keys.transaction = (work, key) => (isBeginning ? work() : transaction(work, key));
  socket.relayMessage = (to, message, options) => {
    isBeginning = isOfPerson(to);
    try {
      return relayMessage(to, message, options); // begins its transaction before it waits for anything
    } finally {
      isBeginning = false;
    }
  };
};
