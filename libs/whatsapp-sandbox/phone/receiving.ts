import { chatId, parseJid, statusJid, type Chat, type DeviceAddress } from '../network/address.js';
import { isOwnCopy, type Envelope } from '../network/mail.js';
import type { Network } from '../network/network.js';
import { personJid } from '../network/stanza.js';
import { proto } from '../transport/wire.js';
import type { MessageContent } from './content/content.js';
import { isVisible, parseMessage } from './content/parse.js';
import { openVote, voteContent } from './content/vote.js';
import { initialStatus } from './group-encryption.js';
import { unwrapDeviceSent, type Inbox, type PhoneMessage } from './inbox.js';
import type { PhoneKeys } from './keys.js';
import type { ReceiptSender } from './receipt-sender.js';
import type { SenderKeys } from './sender-keys.js';
import type { SignalSessions } from './signal/sessions.js';

type ReceiverParts = {
  readonly number: string;
  readonly network: Network;
  readonly keys: PhoneKeys;
  readonly signal: SignalSessions;
  readonly senderKeys: SenderKeys;
  readonly inbox: Inbox;
  readonly receipts: ReceiptSender;
  readonly onMessage: (message: PhoneMessage) => void;
  /** A linked client of this account requests something. */
  readonly onRequest: (request: proto.Message.IPeerDataOperationRequestMessage, device: DeviceAddress) => void;
};

type Decrypted = { readonly bytes: Buffer; readonly received: proto.Message };

/** Processes messages to a phone: decrypts, stores and confirms them, or requests a retry. */
export class Receiver {
  constructor(private readonly parts: ReceiverParts) {}

  async receive(envelope: Envelope): Promise<void> {
    const { network, number, receipts } = this.parts;
    const { faults, log } = network.parts;
    if (!isOwnCopy(envelope) && faults.take('retry', number, envelope.from.number)) {
      receipts.requestRetry(envelope);
      return;
    }
    let decrypted: Decrypted;
    try {
      decrypted = this.#decrypt(envelope);
    } catch (error) {
      log.warn({ id: envelope.id, from: envelope.from, to: number, err: error }, 'a phone could not decrypt a message');
      receipts.requestRetry(envelope, this.parts.keys.takeBundle());
      return;
    }
    if (envelope.category === 'peer') this.#answer(envelope.from, decrypted.received);
    else this.#store(envelope, decrypted);
    network.parts.changed();
  }

  #answer(from: DeviceAddress, received: proto.Message): void {
    const request = unwrapDeviceSent(received).protocolMessage?.peerDataOperationRequestMessage;
    if (request && from.number === this.parts.number) this.parts.onRequest(request, from);
  }

  /** Decrypts all ciphertexts; the last one is the message itself. */
  #decrypt({ from, chat, ciphertexts }: Envelope): Decrypted {
    const { signal, senderKeys } = this.parts;
    let decrypted: Decrypted | undefined;
    for (const part of ciphertexts) {
      const forGroup = part.attrs.type === 'skmsg';
      const bytes = forGroup ? senderKeys.decrypt(chatId(chat), from, part) : signal.decrypt(from, part);
      const received = proto.Message.decode(bytes);
      decrypted = { bytes, received };
      if (!forGroup) senderKeys.learn(from, unwrapDeviceSent(received));
    }
    if (decrypted === undefined) throw new Error('message without ciphertext');
    return decrypted;
  }

  #store(envelope: Envelope, { bytes, received }: Decrypted): void {
    const { inbox, receipts, onMessage } = this.parts;
    const own = isOwnCopy(envelope);
    const message = own ? unwrapDeviceSent(received) : received;
    const content = this.#vote(envelope, message) ?? parseMessage(message);
    if (isVisible(content, message)) {
      const chat = own ? this.#destination(received, envelope.chat) : receiverChat(envelope);
      const view = inbox.add(
        {
          id: envelope.id,
          direction: own ? 'outgoing' : 'incoming',
          from: envelope.from.number,
          fromDevice: envelope.from.device,
          to: own || chat.kind !== 'user' ? chatId(chat) : this.parts.number,
          chat: chatId(chat),
          addressing: envelope.addressing,
          sentAt: new Date(envelope.sentAt * 1000).toISOString(),
          ...(own && initialStatus(chat, envelope.from.number, this.parts.network)),
        },
        content,
        bytes,
      );
      onMessage(view);
    }
    if (!own) receipts.confirmReceived(envelope);
  }

  #vote({ from, addressing }: Envelope, { pollUpdateMessage }: proto.IMessage): MessageContent | undefined {
    const { inbox, network } = this.parts;
    const key = pollUpdateMessage?.pollCreationMessageKey;
    const poll = inbox.find(key?.id ?? '');
    if (!key || !pollUpdateMessage.vote || !poll) return undefined;
    const jidOf = (number: string): string => personJid({ number, device: 0 }, addressing, network.directory);
    const names = { author: jidOf(poll.view.from), voter: jidOf(from.number) };
    const options = openVote(pollUpdateMessage.vote, { key, poll: poll.message, ...names });
    return voteContent(poll.view.id, options);
  }

  /** The chat that another device of this account has sent the message to. */
  #destination(message: proto.Message, fallback: Chat): Chat {
    const jid = message.deviceSentMessage?.destinationJid;
    const account = this.parts.network.directory.byJid(jid ?? undefined);
    if (account) return { kind: 'user', number: account.number };
    if (jid === statusJid) return { kind: 'status' };
    return jid && parseJid(jid)?.server === 'g.us' ? { kind: 'group', jid } : fallback;
  }
}

/** An envelope names the chat from the sender's point of view; for the receiver it is the chat with the sender. */
const receiverChat = ({ chat, from }: Envelope): Chat =>
  chat.kind === 'user' ? { kind: 'user', number: from.number } : chat;
