import { randomBytes } from 'node:crypto';
import { SandboxError } from '../errors.js';
import type { SandboxAccount } from '../network/account.js';
import { isGroupJid, parseJid, pnJid, type Addressing, type Chat, type DeviceAddress } from '../network/address.js';
import type { Group } from '../network/group.js';
import { readRetryBundle } from '../network/key-bundle.js';
import { unixSeconds, type Device, type DeviceReceipt, type Ciphertext, type Envelope } from '../network/mail.js';
import type { Network } from '../network/network.js';
import { personJid } from '../network/stanza.js';
import { proto } from '../transport/wire.js';
import { buildMessage, type MessageReference } from './content/build.js';
import type { SendableContent } from './content/content.js';
import { parseMessage } from './content/parse.js';
import { initialStatus, encryptForGroup } from './group-encryption.js';
import { chatId, type Inbox, type PhoneMessage } from './inbox.js';
import type { SenderKeys } from './sender-keys.js';
import type { SignalSessions } from './signal/sessions.js';

/**
 * A message to send. `to` is a number or a jid; `addressing` is how people are addressed, by phone number by default. A group has
 * its own addressing.
 */
export type SendableMessage = SendableContent & { readonly to: string; readonly addressing?: Addressing };

/** Attributes of the stanza that describe a message. */
type Kind = { readonly type: string; readonly mediaType?: string; readonly edit?: string };

/** `count` marks the answer to a retry receipt; `sentAt` is Unix seconds, now by default. */
type WriteOptions = { readonly count?: string; readonly sentAt?: number | undefined };
type Post = Omit<Envelope, 'from' | 'to' | 'sentAt' | 'attachments'> & { readonly sentAt?: number | undefined };

const maxRetries = 5;

type SenderParts = {
  readonly account: SandboxAccount;
  readonly network: Network;
  readonly signal: SignalSessions;
  readonly senderKeys: SenderKeys;
  readonly inbox: Inbox;
};

/** Sends the messages of a phone, encrypted for each recipient device. */
export class Sender {
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: SenderParts) {}

  /** Resolves once the server has the message. Messages are sent in the order of the calls. */
  send(outgoing: SendableMessage): Promise<PhoneMessage> {
    return this.#enqueue(async () => {
      const { account, network, inbox } = this.parts;
      const { to, addressing: wanted = 'pn', ...content } = outgoing;
      const chat = this.#chat(to);
      const devices = this.#recipients(chat);
      const addressing = chat.kind === 'group' ? this.#group(chat.jid).addressing : wanted;
      if (chat.kind === 'user' && addressing === 'lid') this.#requireLids(account.number, chat.number);
      const message = await buildMessage(content, {
        reference: (id) => this.#reference(id),
        jidOf: (number) => this.#jidIn(chat, number.replace(/\D/g, '')),
        media: network.parts.media,
      });
      const view = inbox.add(
        {
          id: `AC${randomBytes(15).toString('hex').toUpperCase()}`,
          direction: 'outgoing',
          from: account.number,
          fromDevice: 0,
          to: chatId(chat),
          chat: chatId(chat),
          addressing,
          sentAt: new Date().toISOString(),
          ...initialStatus(chat, account.number, network),
        },
        parseMessage(message),
        proto.Message.encode(message).finish(),
      );
      this.#sendToAll(chat, devices, view, message);
      return view;
    });
  }

  /** Sends a message of this phone once more, with the same id and a later time. Throws if the phone has not sent it. */
  resend(messageId: string): Promise<void> {
    return this.#enqueue(async () => {
      const { account, inbox } = this.parts;
      const found = inbox.find(messageId);
      if (!found) throw new SandboxError('not_found', `unknown message ${messageId}`);
      const { view, message } = found;
      if (view.from !== account.number || view.fromDevice !== 0) {
        throw new SandboxError('invalid_argument', 'only messages sent by this phone can be sent again');
      }
      const chat = this.#chat(view.chat);
      const firstSentAt = Math.floor(new Date(view.sentAt).getTime() / 1000);
      this.#sendToAll(chat, this.#recipients(chat), view, message, Math.max(unixSeconds(), firstSentAt + 1));
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
        ciphertexts: [ciphertext],
      });
    });
  }

  /** Answers a retry receipt: sends the message again to that device, in a new Signal session. */
  async answerRetry({ ids, from, content = [] }: DeviceReceipt): Promise<void> {
    const retry = content.find(({ tag }) => tag === 'retry');
    const { network, signal, senderKeys, inbox } = this.parts;
    const found = inbox.find(ids[0] ?? '');
    const device = network.device(from);
    if (!found || !device || found.view.fromDevice !== 0 || Number(retry?.attrs.count ?? 1) > maxRetries) return;
    const chat = this.#chat(found.view.chat);
    const group = chat.kind === 'group' ? chat.jid : undefined;
    if (group !== undefined && !network.groups.get(group)?.has(from.number)) return; // no longer a member
    await this.#enqueue(async () => {
      signal.start(from, readRetryBundle(content) ?? device.takeKeyBundle());
      const key = group === undefined ? {} : senderKeys.shareWith(from, group);
      this.#write(device, found.view, { ...found.message, ...key }, { count: retry?.attrs.count ?? '1' });
    });
  }

  #recipients(chat: Chat): readonly Device[] {
    const { account, network } = this.parts;
    if (chat.kind === 'group') return network.groups.recipients(this.#group(chat.jid), account.phone.address);
    const recipient = network.directory.findOrCreate(chat.number);
    if (!recipient) throw new SandboxError('unknown_number', `${chat.number} is not on WhatsApp`);
    return [...new Set([...recipient.devices(), ...account.companions.values()])].filter(
      ({ address }) => address.number !== account.number || address.device !== 0,
    );
  }

  #requireLids(...numbers: readonly string[]): void {
    for (const number of numbers) {
      if (this.parts.network.directory.publicLidOf(number) !== undefined) continue;
      throw new SandboxError('invalid_argument', `the LID of ${number} is not known (lidKnown)`);
    }
  }

  #group = (jid: string): Group => this.parts.network.groups.forMember(jid, this.parts.account.number);

  #sendToAll(
    chat: Chat,
    devices: readonly Device[],
    view: PhoneMessage,
    message: proto.IMessage,
    sentAt?: number,
  ): void {
    if (chat.kind === 'group') this.#writeToGroup(chat.jid, devices, view, message, sentAt);
    else for (const device of devices) this.#write(device, view, message, { sentAt });
  }

  #writeToGroup(
    group: string,
    devices: readonly Device[],
    view: PhoneMessage,
    message: proto.IMessage,
    sentAt: number | undefined,
  ): void {
    const { senderKeys } = this.parts;
    const encrypt = (device: Device, key: proto.IMessage): Ciphertext => this.#encrypt(device, key);
    const deliveries = encryptForGroup({ group, devices, message, senderKeys, encrypt });
    const { type, mediaType, edit } = kindOf(view);
    const chat: Chat = { kind: 'group', jid: group };
    for (const { device, ciphertexts } of deliveries) {
      const marked = mediaType ? ciphertexts.map((part) => withAttrs(part, { mediatype: mediaType })) : ciphertexts;
      const { id, addressing } = view;
      this.#post(device.address, { id, chat, addressing, type, edit, ciphertexts: marked, sentAt });
    }
  }

  #write(device: Device, view: PhoneMessage, message: proto.IMessage, { count, sentAt }: WriteOptions): void {
    const chat = this.#chat(view.chat);
    const own = device.address.number === this.parts.account.number;
    const destinationJid = chat.kind === 'group' ? chat.jid : pnJid(chat.number);
    const content = own ? { deviceSentMessage: { destinationJid, message } } : message;
    const { type, mediaType, edit } = kindOf(view);
    const extra = { ...(mediaType && { mediatype: mediaType }), ...(count && { count }) };
    const ciphertext = withAttrs(this.#encrypt(device, content), extra);
    this.#post(device.address, {
      id: view.id,
      chat,
      addressing: view.addressing,
      type,
      edit,
      ciphertexts: [ciphertext],
      sentAt,
    });
  }

  #encrypt(device: Device, message: proto.IMessage): Ciphertext {
    const bytes = proto.Message.encode(message).finish();
    return this.parts.signal.encrypt(device.address, bytes, () => device.takeKeyBundle());
  }

  #post(to: DeviceAddress, { sentAt = unixSeconds(), ...envelope }: Post): void {
    const { account, network } = this.parts;
    network.deliver({ ...envelope, from: account.phone.address, to, sentAt, attachments: [] });
    network.parts.changed();
  }

  #chat(to: string): Chat {
    const jid = parseJid(to);
    if (isGroupJid(jid)) return { kind: 'group', jid: to };
    const { directory } = this.parts.network;
    const account = jid ? directory.byJid(to) : directory.findOrCreate(to.replace(/[\s\-+().]/g, ''));
    if (!account) throw new SandboxError('unknown_number', `${to} is not on WhatsApp`);
    return { kind: 'user', number: account.number };
  }

  #reference(id: string): MessageReference {
    const found = this.parts.inbox.find(id);
    if (!found) throw new SandboxError('not_found', `unknown message ${id}`);
    const { view, message } = found;
    const chat = this.#chat(view.chat);
    const fromMe = view.from === this.parts.account.number;
    const author = this.#jidIn(chat, view.from);
    const group = chat.kind === 'group';
    const remoteJid = group ? chat.jid : pnJid(chat.number);
    return { key: { remoteJid, fromMe, id, ...(group && !fromMe && { participant: author }) }, author, message };
  }

  /** The jid of a person in a chat. */
  #jidIn(chat: Chat, number: string): string {
    const { groups, directory } = this.parts.network;
    const addressing = chat.kind === 'group' ? (groups.get(chat.jid)?.addressing ?? 'lid') : 'pn';
    return personJid({ number, device: 0 }, addressing, directory);
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined); // reported to the caller; must not block the next message
    return result;
  }
}

const withAttrs = (ciphertext: Ciphertext, attrs: Ciphertext['attrs']): Ciphertext => ({
  ...ciphertext,
  attrs: { ...ciphertext.attrs, ...attrs },
});

function kindOf({ type, media }: PhoneMessage): Kind {
  if (media) return { type: 'media', mediaType: media.voice ? 'ptt' : media.kind };
  switch (type) {
    case 'contact':
      return { type: 'media', mediaType: 'vcard' };
    case 'reaction':
    case 'poll':
      return { type };
    case 'edit':
      return { type: 'text', edit: '1' };
    case 'revoke':
      return { type: 'text', edit: '7' };
    default:
      return { type: 'text' };
  }
}
