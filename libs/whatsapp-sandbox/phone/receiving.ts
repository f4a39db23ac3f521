import { parseJid, type Chat } from '../network/address.js';
import { isOwnCopy, type Envelope } from '../network/mail.js';
import type { Network } from '../network/network.js';
import { proto } from '../transport/wire.js';
import { isVisible, parseMessage } from './content/parse.js';
import { outgoingStatus } from './group-sending.js';
import { chatName, innerOf, type Inbox, type PhoneMessage } from './inbox.js';
import type { PhoneKeys } from './keys.js';
import type { Receipts } from './receipts.js';
import type { SenderKeys } from './sender-keys.js';
import type { SignalSessions } from './signal.js';

export type ReceiverParts = {
  readonly number: string;
  readonly network: Network;
  readonly keys: PhoneKeys;
  readonly signal: SignalSessions;
  readonly senderKeys: SenderKeys;
  readonly inbox: Inbox;
  readonly receipts: Receipts;
  readonly onMessage: (message: PhoneMessage) => void;
};

type Opened = { readonly bytes: Buffer; readonly received: proto.Message };

/** Opens what arrives at a phone: decrypts, remembers, confirms, or asks for it once more. */
export class Receiver {
  constructor(private readonly parts: ReceiverParts) {}

  async receive(envelope: Envelope): Promise<void> {
    const { network, number, receipts } = this.parts;
    const { faults, log } = network.parts;
    if (!isOwnCopy(envelope) && faults.take('retry', number, envelope.from.number)) {
      receipts.askAgain(envelope);
      return;
    }
    let opened: Opened;
    try {
      opened = await this.#open(envelope);
    } catch (error) {
      log.warn({ id: envelope.id, from: envelope.from, to: number, error }, 'a phone could not decrypt a message');
      receipts.askAgain(envelope, this.parts.keys.takeBundle());
      return;
    }
    if (envelope.category !== 'peer') this.#keep(envelope, opened);
    network.parts.changed();
  }

  /** The message inside; of several ciphertexts the last one is the message itself. */
  async #open({ from, chat, sealed }: Envelope): Promise<Opened> {
    const { signal, senderKeys } = this.parts;
    let opened: Opened | undefined;
    for (const part of sealed) {
      const forGroup = part.attrs.type === 'skmsg';
      const bytes = forGroup ? senderKeys.decrypt(chatName(chat), from, part) : await signal.decrypt(from, part);
      const received = proto.Message.decode(bytes);
      opened = { bytes, received };
      if (!forGroup) senderKeys.learn(from, innerOf(received));
    }
    if (opened === undefined) throw new Error('message without ciphertext');
    return opened;
  }

  #keep(envelope: Envelope, { bytes, received }: Opened): void {
    const { inbox, receipts, onMessage } = this.parts;
    const own = isOwnCopy(envelope);
    const message = own ? innerOf(received) : received;
    const content = parseMessage(message);
    if (isVisible(content, message)) {
      const chat = own ? this.#destination(received, envelope.chat) : conversationWith(envelope);
      const view = inbox.add(
        {
          id: envelope.id,
          direction: own ? 'outgoing' : 'incoming',
          from: envelope.from.number,
          fromDevice: envelope.from.device,
          to: own ? chatName(chat) : chat.kind === 'group' ? chat.jid : this.parts.number,
          chat: chatName(chat),
          addressing: envelope.addressing,
          sentAt: new Date(envelope.sentAt * 1000).toISOString(),
          ...(own && outgoingStatus(chat, envelope.from.number, this.parts.network)),
        },
        content,
        bytes,
      );
      onMessage(view);
    }
    if (!own) receipts.confirm(envelope);
  }

  /** Where an own device says it sent the message to. */
  #destination(message: proto.Message, fallback: Chat): Chat {
    const jid = message.deviceSentMessage?.destinationJid;
    const account = this.parts.network.directory.byJid(jid ?? undefined);
    if (account) return { kind: 'user', number: account.number };
    return jid && parseJid(jid)?.server === 'g.us' ? { kind: 'group', jid } : fallback;
  }
}

/** A message names the conversation as its sender calls it: to the receiver it is the one with the sender. */
const conversationWith = ({ chat, from }: Envelope): Chat =>
  chat.kind === 'group' ? chat : { kind: 'user', number: from.number };
