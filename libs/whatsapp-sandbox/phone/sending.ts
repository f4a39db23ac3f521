import { randomBytes } from 'node:crypto';
import { SandboxError } from '../errors.js';
import type { SandboxAccount } from '../network/account.js';
import { chatId, pnJid, type Addressing, type Chat, type DeviceAddress } from '../network/address.js';
import { readRetryBundle } from '../network/key-bundle.js';
import { unixSeconds, type Device, type DeviceReceipt, type Ciphertext, type Envelope } from '../network/mail.js';
import type { Network } from '../network/network.js';
import { personJid } from '../network/stanza.js';
import { el, proto } from '../transport/wire.js';
import type { ChatLookup } from './chat-lookup.js';
import { buildMessage } from './content/build.js';
import type { SendableContent } from './content/content.js';
import { parseMessage } from './content/parse.js';
import { sealEdit } from './content/sealed-edit.js';
import { voteContent } from './content/vote.js';
import { deliver, type Delivery } from './delivery.js';
import { initialStatus, encryptForGroup } from './group-encryption.js';
import type { Inbox, PhoneMessage } from './inbox.js';
import type { SenderKeys } from './sender-keys.js';
import type { SignalSessions } from './signal/sessions.js';
import { kindOf, type StanzaKind } from './stanza-kind.js';

/**
 * A message to send. `to` is a number, a jid, or `status`; `addressing` is how people are addressed, by phone number by default. A group has
 * its own addressing.
 */
export type SendableMessage = SendableContent & {
  readonly to: string;
  readonly addressing?: Addressing;
  /** Default: a random one. */
  readonly id?: string;
  /** ISO time; now by default. */
  readonly sentAt?: string;
  /** How it reaches other devices until it is resent; `normal` by default. */
  readonly delivery?: Delivery;
  /** Sent to a broadcast list of which the recipient is a member. */
  readonly broadcastList?: boolean;
  /** Numbers of those who get a status post. */
  readonly recipients?: readonly string[];
};

/** `count` marks the answer to a retry receipt; `sentAt` is Unix seconds, that of the message by default. */
type WriteOptions = { readonly count?: string; readonly sentAt?: number };
type Post = Omit<Envelope, 'from' | 'to'>;

const maxRetries = 5;
/** What clients can confirm: longer ids and other characters break their answers. */
const validId = /^[!-?A-~]{1,128}$/;
const broadcastListOf = (number: string): string => `${number.slice(-10)}@broadcast`;

type SenderParts = {
  readonly account: SandboxAccount;
  readonly network: Network;
  readonly signal: SignalSessions;
  readonly senderKeys: SenderKeys;
  readonly inbox: Inbox;
  readonly chats: ChatLookup;
};

/** Sends the messages of a phone, encrypted for each recipient device. */
export class Sender {
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: SenderParts) {}

  /** Resolves once the server has the message. Messages are sent in the order of the calls. */
  send(outgoing: SendableMessage): Promise<PhoneMessage> {
    return this.#enqueue(async () => {
      const { account, network, inbox, chats } = this.parts;
      const { to, addressing: wanted = 'pn', id = newId(), sentAt, delivery, ...more } = outgoing;
      const { broadcastList, recipients = [], ...content } = more;
      if (!validId.test(id) || id in {})
        throw new SandboxError('invalid_argument', 'not an id that clients can confirm');
      const chat = chats.chat(to);
      const devices = chats.recipients(chat, recipients);
      const addressing = chat.kind === 'group' ? chats.group(chat.jid).addressing : wanted;
      if (chat.kind === 'user' && addressing === 'lid') chats.requireLids(account.number, chat.number);
      if (chat.kind !== 'user' && broadcastList)
        throw new SandboxError('invalid_argument', 'only a person is a member of a broadcast list');
      const message = await buildMessage(content, {
        reference: (messageId) => chats.reference(messageId),
        jidOf: (number) => chats.jidIn(chat, number.replace(/\D/g, '')),
        addressOf: (number = account.number) => personJid({ number, device: 0 }, addressing, network.directory),
        media: network.parts.media,
      });
      const sent = isSealed(content)
        ? sealEdit(
            message,
            chats.reference(content.messageId),
            personJid(account.phone.address, addressing, network.directory),
          )
        : message;
      const view = inbox.add(
        {
          id,
          direction: 'outgoing',
          from: account.number,
          fromDevice: 0,
          to: chatId(chat),
          chat: chatId(chat),
          addressing,
          sentAt: new Date(sentAt ?? Date.now()).toISOString(),
          ...initialStatus(chat, account.number, network),
          ...(delivery && delivery !== 'normal' && { delivery }),
          ...(broadcastList && { broadcastList }),
          ...(chat.kind === 'status' && { recipients }),
        },
        content.type === 'vote' ? voteContent(content.messageId, content.options) : parseMessage(message),
        proto.Message.encode(sent).finish(),
      );
      this.#sendToAll(chat, devices, view, sent);
      return view;
    });
  }

  /**
   * Sends a message of this phone once more, with the same id, in the normal way. `sentAt` is an ISO time, by default a later one than
   * before. Throws if the phone has not sent the message.
   */
  resend(messageId: string, sentAt?: string): Promise<void> {
    return this.#enqueue(async () => {
      const { account, inbox, chats } = this.parts;
      const found = inbox.find(messageId);
      if (!found) throw new SandboxError('not_found', `unknown message ${messageId}`);
      if (found.view.from !== account.number || found.view.fromDevice !== 0) {
        throw new SandboxError('invalid_argument', 'only messages sent by this phone can be sent again');
      }
      const view = inbox.deliverNormally(found.view);
      const chat = chats.chat(view.chat);
      const time = sentAt === undefined ? Math.max(unixSeconds(), secondsOf(view.sentAt) + 1) : secondsOf(sentAt);
      this.#sendToAll(chat, chats.recipients(chat, view.recipients), view, found.message, { sentAt: time });
    });
  }

  /** Sends a peer message to a linked client of this account. */
  sendToOwn(device: Device, message: proto.IMessage): Promise<void> {
    return this.#enqueue(async () => {
      const id = randomBytes(16).toString('hex').toUpperCase();
      const ciphertext = this.#encrypt(device, message);
      const chat: Chat = { kind: 'user', number: this.parts.account.number };
      this.#post(device.address, {
        id,
        chat,
        addressing: 'pn',
        type: 'text',
        category: 'peer',
        sentAt: unixSeconds(),
        ciphertexts: [ciphertext],
        attachments: [],
      });
    });
  }

  /** Answers a retry receipt: sends the message again to that device, in a new Signal session. */
  async answerRetry({ ids, from, content = [] }: DeviceReceipt): Promise<void> {
    const retry = content.find(({ tag }) => tag === 'retry');
    const { network, signal, senderKeys, inbox, chats } = this.parts;
    const found = inbox.find(ids[0] ?? '');
    const device = network.device(from);
    if (!found || !device || found.view.fromDevice !== 0 || Number(retry?.attrs.count ?? 1) > maxRetries) return;
    if (found.view.delivery === 'undecryptable') return;
    const chat = chats.chat(found.view.chat);
    if (chat.kind === 'group' && !network.groups.get(chat.jid)?.has(from.number)) return; // no longer a member
    await this.#enqueue(async () => {
      signal.start(from, readRetryBundle(content) ?? device.takeKeyBundle());
      const key = chat.kind === 'user' ? {} : senderKeys.shareWith(from, chatId(chat));
      this.#write(
        device,
        found.view,
        { ...found.message, ...key },
        {
          count: retry?.attrs.count ?? '1',
          sentAt: Math.max(unixSeconds(), secondsOf(found.view.sentAt)), // WhatsApp's time of a repetition is its own
        },
      );
    });
  }

  #sendToAll(
    chat: Chat,
    devices: readonly Device[],
    view: PhoneMessage,
    message: proto.IMessage,
    options: WriteOptions = {},
  ): void {
    if (chat.kind !== 'user') this.#writeToMany(chat, devices, view, message, options);
    else for (const device of devices) this.#write(device, view, message, options);
  }

  /** To a group, or as a status post. */
  #writeToMany(
    chat: Chat,
    devices: readonly Device[],
    view: PhoneMessage,
    message: proto.IMessage,
    options: WriteOptions,
  ): void {
    const { senderKeys } = this.parts;
    const encrypt = (device: Device, key: proto.IMessage): Ciphertext => this.#encrypt(device, key);
    const kind = this.#kindOf(view);
    for (const { device, ciphertexts } of encryptForGroup({
      group: chatId(chat),
      devices,
      message,
      senderKeys,
      encrypt,
    })) {
      const { mediaType } = kind;
      const marked = mediaType ? ciphertexts.map((part) => withAttrs(part, { mediatype: mediaType })) : ciphertexts;
      const isDelivered = this.#deliver(device, chat, view, kind, marked, options);
      const hasKey = ciphertexts.length > 1;
      if (hasKey && !isDelivered) senderKeys.notSharedWith(device.address, chatId(chat));
    }
  }

  #write(device: Device, view: PhoneMessage, message: proto.IMessage, options: WriteOptions): void {
    const chat = this.parts.chats.chat(view.chat);
    const own = device.address.number === this.parts.account.number;
    const destinationJid = chat.kind === 'user' ? pnJid(chat.number) : chatId(chat);
    const content = own ? { deviceSentMessage: { destinationJid, message } } : message;
    const kind = this.#kindOf(view);
    const { count } = options;
    const extra = { ...(kind.mediaType && { mediatype: kind.mediaType }), ...(count && { count }) };
    this.#deliver(device, chat, view, kind, [withAttrs(this.#encrypt(device, content), extra)], options);
  }

  /** Delivers the ciphertexts, or what the device gets instead; answers whether it gets them. */
  #deliver(
    device: Device,
    chat: Chat,
    { id, addressing, sentAt, delivery = 'normal', broadcastList }: PhoneMessage,
    { type, edit, pollType }: StanzaKind,
    ciphertexts: readonly Ciphertext[],
    options: WriteOptions,
  ): boolean {
    const parts = deliver(delivery, device, ciphertexts);
    if (!parts) return false;
    const broadcast = broadcastList && { broadcastList: broadcastListOf(this.parts.account.number) };
    const time = options.sentAt ?? secondsOf(sentAt);
    const meta = pollType ? [el('meta', { polltype: pollType })] : [];
    const attachments = [...parts.attachments, ...meta];
    this.#post(device.address, { id, chat, addressing, type, edit, sentAt: time, ...parts, attachments, ...broadcast });
    return parts.ciphertexts.length > 0;
  }

  #kindOf(view: PhoneMessage): StanzaKind {
    const { account, network, inbox } = this.parts;
    const author = inbox.find(view.target ?? '')?.view.from;
    const isAdmin = network.groups.get(view.chat)?.isAdmin(account.number) ?? false;
    return kindOf(view, isAdmin && author !== undefined && author !== account.number);
  }

  #encrypt(device: Device, message: proto.IMessage): Ciphertext {
    const bytes = proto.Message.encode(message).finish();
    return this.parts.signal.encrypt(device.address, bytes, () => device.takeKeyBundle());
  }

  #post(to: DeviceAddress, envelope: Post): void {
    const { account, network } = this.parts;
    network.deliver({ ...envelope, from: account.phone.address, to });
    network.parts.changed();
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined); // reported to the caller; must not block the next message
    return result;
  }
}

const newId = (): string => `AC${randomBytes(15).toString('hex').toUpperCase()}`;
const secondsOf = (time: string): number => Math.floor(new Date(time).getTime() / 1000);
const isSealed = (content: SendableContent): content is SendableContent & { type: 'edit' } =>
  content.type === 'edit' && content.sealed === true;

const withAttrs = (ciphertext: Ciphertext, attrs: Ciphertext['attrs']): Ciphertext => ({
  ...ciphertext,
  attrs: { ...ciphertext.attrs, ...attrs },
});
