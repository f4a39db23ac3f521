import { randomBytes } from 'node:crypto';
import { SandboxError } from '../errors.js';
import type { Account } from '../network/account.js';
import { isGroup, parseJid, pnJid, type Addressing, type Chat, type DeviceAddress } from '../network/address.js';
import { readRetryBundle } from '../network/key-bundle.js';
import { unixSeconds, type Device, type Receipt } from '../network/mail.js';
import type { Network } from '../network/network.js';
import { proto } from '../transport/wire.js';
import { buildMessage, type Reference } from './content/build.js';
import type { OutgoingContent } from './content/content.js';
import { parseMessage } from './content/parse.js';
import { chatName, type Inbox, type PhoneMessage } from './inbox.js';
import type { SignalSessions } from './signal.js';

/** `to` is a number or a jid; `addressing` says by which name people are written to, phone number unless it says LID. */
export type OutgoingMessage = OutgoingContent & { readonly to: string; readonly addressing?: Addressing };

/** What the stanza tells the server about a message. */
type Kind = { readonly type: string; readonly mediaType?: string; readonly edit?: string };

const RETRIES = 5;

/** Writes messages for a phone, one ciphertext for each device that shall read them. */
export class Sender {
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly account: Account,
    private readonly network: Network,
    private readonly signal: SignalSessions,
    private readonly inbox: Inbox,
  ) {}

  /** Resolves when the message is with the server. Messages go out in the order of the calls. */
  send(outgoing: OutgoingMessage): Promise<PhoneMessage> {
    return this.#inOrder(async () => {
      const { to, addressing = 'pn', ...content } = outgoing;
      const chat = this.#chat(to);
      const message = await buildMessage(content, {
        reference: (id) => this.#reference(id),
        jidOf: (number) => pnJid(number.replace(/\D/g, '')),
        media: this.network.parts.media,
      });
      const view = this.inbox.add(
        {
          id: `AC${randomBytes(15).toString('hex').toUpperCase()}`,
          direction: 'outgoing',
          from: this.account.number,
          fromDevice: 0,
          to: chatName(chat),
          chat: chatName(chat),
          addressing,
          sentAt: new Date().toISOString(),
          status: 'sent',
        },
        parseMessage(message),
        proto.Message.encode(message).finish(),
      );
      for (const device of this.#audience(chat)) await this.#write(device, view, message);
      return view;
    });
  }

  /** Sends a message to one own client, about the account itself. */
  sendToOwn(device: Device, message: proto.IMessage): Promise<void> {
    return this.#inOrder(async () => {
      const id = randomBytes(16).toString('hex').toUpperCase();
      const sealed = await this.#seal(device, message);
      const chat: Chat = { kind: 'user', number: this.account.number };
      this.#post(device.address, { id, chat, addressing: 'pn', type: 'text', category: 'peer', sealed: [sealed] });
    });
  }

  /** A device could not read a message of this phone: writes it again for that device, in a new session. */
  async sendAgain({ ids, from, content = [] }: Receipt): Promise<void> {
    const retry = content.find(({ tag }) => tag === 'retry');
    const found = this.inbox.find(ids[0] ?? '');
    const device = this.network.device(from);
    if (!found || !device || found.view.fromDevice !== 0 || Number(retry?.attrs.count ?? 1) > RETRIES) return;
    await this.#inOrder(async () => {
      await this.signal.start(from, readRetryBundle(content) ?? device.takeKeyBundle());
      await this.#write(device, found.view, found.message, retry?.attrs.count ?? '1');
    });
  }

  #audience(chat: Chat): readonly Device[] {
    if (chat.kind === 'group') throw new SandboxError('not_found', `this phone is in no group ${chat.jid}`);
    const recipient = this.network.directory.reach(chat.number);
    if (!recipient) throw new SandboxError('unknown_number', `${chat.number} is not on WhatsApp`);
    return [...new Set([...recipient.devices(), ...this.account.companions.values()])].filter(
      ({ address }) => address.number !== this.account.number || address.device !== 0,
    );
  }

  async #write(device: Device, view: PhoneMessage, message: proto.IMessage, count?: string): Promise<void> {
    const chat = this.#chat(view.chat);
    const own = device.address.number === this.account.number;
    const destinationJid = chat.kind === 'group' ? chat.jid : pnJid(chat.number);
    const content = own ? { deviceSentMessage: { destinationJid, message } } : message;
    const { type, mediaType, edit } = kindOf(view);
    const extra = { ...(mediaType && { mediatype: mediaType }), ...(count && { count }) };
    const sealed = await this.#seal(device, content, extra);
    this.#post(device.address, { id: view.id, chat, addressing: view.addressing, type, edit, sealed: [sealed] });
  }

  async #seal(device: Device, message: proto.IMessage, extra: { readonly [name: string]: string } = {}) {
    const bytes = proto.Message.encode(message).finish();
    const sealed = await this.signal.encrypt(device.address, bytes, () => device.takeKeyBundle());
    return { ...sealed, attrs: { ...sealed.attrs, ...extra } };
  }

  #post(
    to: DeviceAddress,
    envelope: Omit<Parameters<Network['deliver']>[0], 'from' | 'to' | 'sentAt' | 'attachments'>,
  ) {
    const from = { number: this.account.number, device: 0 };
    this.network.deliver({ ...envelope, from, to, sentAt: unixSeconds(), attachments: [] });
    this.network.parts.changed();
  }

  #chat(to: string): Chat {
    const jid = parseJid(to);
    if (isGroup(jid)) return { kind: 'group', jid: to };
    const account = jid
      ? this.network.directory.byJid(to)
      : this.network.directory.reach(to.replace(/[\s\-+().]/g, ''));
    if (!account) throw new SandboxError('unknown_number', `${to} is not on WhatsApp`);
    return { kind: 'user', number: account.number };
  }

  #reference(id: string): Reference {
    const found = this.inbox.find(id);
    if (!found) throw new SandboxError('not_found', `this phone knows no message ${id}`);
    const { view, message } = found;
    const chat = this.#chat(view.chat);
    const fromMe = view.from === this.account.number;
    const author = pnJid(view.from);
    const group = chat.kind === 'group';
    const remoteJid = group ? chat.jid : pnJid(chat.number);
    return { key: { remoteJid, fromMe, id, ...(group && !fromMe && { participant: author }) }, author, message };
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined); // the caller hears of it; the next message goes out all the same
    return result;
  }
}

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
