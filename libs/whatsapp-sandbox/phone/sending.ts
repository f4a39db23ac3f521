import { randomBytes } from 'node:crypto';
import { SandboxError } from '../errors.js';
import type { Account } from '../network/account.js';
import { isGroup, parseJid, pnJid, type Addressing, type Chat, type DeviceAddress } from '../network/address.js';
import type { Group } from '../network/group.js';
import { readRetryBundle } from '../network/key-bundle.js';
import { unixSeconds, type Device, type Receipt, type Sealed } from '../network/mail.js';
import type { Network } from '../network/network.js';
import { personJid } from '../network/stanza.js';
import { proto } from '../transport/wire.js';
import { buildMessage, type Reference } from './content/build.js';
import type { OutgoingContent } from './content/content.js';
import { parseMessage } from './content/parse.js';
import { outgoingStatus, sealForGroup } from './group-sending.js';
import { chatName, type Inbox, type PhoneMessage } from './inbox.js';
import type { SenderKeys } from './sender-keys.js';
import type { SignalSessions } from './signal.js';

/**
 * `to` is a number or a jid; `addressing` says by which name people are written to, phone number unless it says LID.
 * A group has its own addressing.
 */
export type OutgoingMessage = OutgoingContent & { readonly to: string; readonly addressing?: Addressing };

/** What the stanza tells the server about a message. */
type Kind = { readonly type: string; readonly mediaType?: string; readonly edit?: string };

const RETRIES = 5;

export type SenderParts = {
  readonly account: Account;
  readonly network: Network;
  readonly signal: SignalSessions;
  readonly senderKeys: SenderKeys;
  readonly inbox: Inbox;
};

/** Writes messages for a phone, one ciphertext for each device that shall read them. */
export class Sender {
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: SenderParts) {}

  /** Resolves when the message is with the server. Messages go out in the order of the calls. */
  send(outgoing: OutgoingMessage): Promise<PhoneMessage> {
    return this.#inOrder(async () => {
      const { account, network, inbox } = this.parts;
      const { to, addressing: wanted = 'pn', ...content } = outgoing;
      const chat = this.#chat(to);
      const audience = this.#audience(chat);
      const addressing = chat.kind === 'group' ? this.#group(chat.jid).addressing : wanted;
      const message = await buildMessage(content, {
        reference: (id) => this.#reference(id),
        jidOf: (number) => this.#nameIn(chat, number.replace(/\D/g, '')),
        media: network.parts.media,
      });
      const view = inbox.add(
        {
          id: `AC${randomBytes(15).toString('hex').toUpperCase()}`,
          direction: 'outgoing',
          from: account.number,
          fromDevice: 0,
          to: chatName(chat),
          chat: chatName(chat),
          addressing,
          sentAt: new Date().toISOString(),
          ...outgoingStatus(chat, account.number, network),
        },
        parseMessage(message),
        proto.Message.encode(message).finish(),
      );
      if (chat.kind === 'group') await this.#writeToGroup(chat.jid, audience, view, message);
      else for (const device of audience) await this.#write(device, view, message);
      return view;
    });
  }

  /** Sends a message to one own client, about the account itself. */
  sendToOwn(device: Device, message: proto.IMessage): Promise<void> {
    return this.#inOrder(async () => {
      const id = randomBytes(16).toString('hex').toUpperCase();
      const sealed = await this.#seal(device, message);
      const chat: Chat = { kind: 'user', number: this.parts.account.number };
      this.#post(device.address, { id, chat, addressing: 'pn', type: 'text', category: 'peer', sealed: [sealed] });
    });
  }

  /** A device could not read a message of this phone: writes it again for that device, in a new session. */
  async sendAgain({ ids, from, content = [] }: Receipt): Promise<void> {
    const retry = content.find(({ tag }) => tag === 'retry');
    const { network, signal, senderKeys, inbox } = this.parts;
    const found = inbox.find(ids[0] ?? '');
    const device = network.device(from);
    if (!found || !device || found.view.fromDevice !== 0 || Number(retry?.attrs.count ?? 1) > RETRIES) return;
    const chat = this.#chat(found.view.chat);
    const group = chat.kind === 'group' ? chat.jid : undefined;
    if (group !== undefined && !network.groups.get(group)?.has(from.number)) return; // it has left meanwhile
    await this.#inOrder(async () => {
      await signal.start(from, readRetryBundle(content) ?? device.takeKeyBundle());
      const key = group === undefined ? {} : senderKeys.shareWith(from, group);
      await this.#write(device, found.view, { ...found.message, ...key }, retry?.attrs.count ?? '1');
    });
  }

  #audience(chat: Chat): readonly Device[] {
    const { account, network } = this.parts;
    if (chat.kind === 'group') return network.groups.readers(this.#group(chat.jid), account.phone.address);
    const recipient = network.directory.reach(chat.number);
    if (!recipient) throw new SandboxError('unknown_number', `${chat.number} is not on WhatsApp`);
    return [...new Set([...recipient.devices(), ...account.companions.values()])].filter(
      ({ address }) => address.number !== account.number || address.device !== 0,
    );
  }

  #group = (jid: string): Group => this.parts.network.groups.forMember(jid, this.parts.account.number);

  async #writeToGroup(group: string, devices: readonly Device[], view: PhoneMessage, message: proto.IMessage) {
    const { senderKeys } = this.parts;
    const seal = (device: Device, key: proto.IMessage): Promise<Sealed> => this.#seal(device, key);
    const letters = await sealForGroup({ group, devices, message, senderKeys, seal });
    const { type, mediaType, edit } = kindOf(view);
    const chat: Chat = { kind: 'group', jid: group };
    for (const { device, sealed } of letters) {
      const marked = mediaType ? sealed.map((part) => mark(part, { mediatype: mediaType })) : sealed;
      this.#post(device.address, { id: view.id, chat, addressing: view.addressing, type, edit, sealed: marked });
    }
  }

  async #write(device: Device, view: PhoneMessage, message: proto.IMessage, count?: string): Promise<void> {
    const chat = this.#chat(view.chat);
    const own = device.address.number === this.parts.account.number;
    const destinationJid = chat.kind === 'group' ? chat.jid : pnJid(chat.number);
    const content = own ? { deviceSentMessage: { destinationJid, message } } : message;
    const { type, mediaType, edit } = kindOf(view);
    const extra = { ...(mediaType && { mediatype: mediaType }), ...(count && { count }) };
    const sealed = mark(await this.#seal(device, content), extra);
    this.#post(device.address, { id: view.id, chat, addressing: view.addressing, type, edit, sealed: [sealed] });
  }

  #seal(device: Device, message: proto.IMessage): Promise<Sealed> {
    const bytes = proto.Message.encode(message).finish();
    return this.parts.signal.encrypt(device.address, bytes, () => device.takeKeyBundle());
  }

  #post(
    to: DeviceAddress,
    envelope: Omit<Parameters<Network['deliver']>[0], 'from' | 'to' | 'sentAt' | 'attachments'>,
  ) {
    const { account, network } = this.parts;
    network.deliver({ ...envelope, from: account.phone.address, to, sentAt: unixSeconds(), attachments: [] });
    network.parts.changed();
  }

  #chat(to: string): Chat {
    const jid = parseJid(to);
    if (isGroup(jid)) return { kind: 'group', jid: to };
    const { directory } = this.parts.network;
    const account = jid ? directory.byJid(to) : directory.reach(to.replace(/[\s\-+().]/g, ''));
    if (!account) throw new SandboxError('unknown_number', `${to} is not on WhatsApp`);
    return { kind: 'user', number: account.number };
  }

  #reference(id: string): Reference {
    const found = this.parts.inbox.find(id);
    if (!found) throw new SandboxError('not_found', `this phone knows no message ${id}`);
    const { view, message } = found;
    const chat = this.#chat(view.chat);
    const fromMe = view.from === this.parts.account.number;
    const author = this.#nameIn(chat, view.from);
    const group = chat.kind === 'group';
    const remoteJid = group ? chat.jid : pnJid(chat.number);
    return { key: { remoteJid, fromMe, id, ...(group && !fromMe && { participant: author }) }, author, message };
  }

  /** How people are called there. */
  #nameIn(chat: Chat, number: string): string {
    const { groups, directory } = this.parts.network;
    const addressing = chat.kind === 'group' ? (groups.get(chat.jid)?.addressing ?? 'lid') : 'pn';
    return personJid({ number, device: 0 }, addressing, directory);
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined); // the caller hears of it; the next message goes out all the same
    return result;
  }
}

const mark = (sealed: Sealed, attrs: Sealed['attrs']): Sealed => ({ ...sealed, attrs: { ...sealed.attrs, ...attrs } });

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
