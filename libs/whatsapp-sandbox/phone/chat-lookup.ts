import { SandboxError } from '../errors.js';
import type { SandboxAccount } from '../network/account.js';
import { chatId, isGroupJid, parseJid, pnJid, statusJid, type Chat } from '../network/address.js';
import type { Group } from '../network/group.js';
import type { Device } from '../network/mail.js';
import type { Network } from '../network/network.js';
import { personJid } from '../network/stanza.js';
import type { MessageReference } from './content/build.js';
import type { Inbox } from './inbox.js';

/** The chats of a phone, and who is in them. Methods throw a SandboxError for what is unknown. */
export class ChatLookup {
  constructor(
    private readonly account: SandboxAccount,
    private readonly network: Network,
    private readonly inbox: Inbox,
  ) {}

  /** The chat with a number or jid; `status` for a post. */
  chat(to: string): Chat {
    const jid = parseJid(to);
    if (to === 'status' || to === statusJid) return { kind: 'status' };
    if (isGroupJid(jid)) return { kind: 'group', jid: to };
    const { directory } = this.network;
    const account = jid ? directory.byJid(to) : directory.findOrCreate(to.replace(/[\s\-+().]/g, ''));
    if (!account) throw new SandboxError('unknown_number', `${to} is not on WhatsApp`);
    return { kind: 'user', number: account.number };
  }

  group = (jid: string): Group => this.network.groups.forMember(jid, this.account.number);

  /** All devices that get a message in a chat. `viewers`: numbers of those who get a status post. */
  recipients(chat: Chat, viewers: readonly string[] = []): readonly Device[] {
    const { account, network } = this;
    if (chat.kind === 'group') return network.groups.recipients(this.group(chat.jid), account.phone.address);
    const people = chat.kind === 'user' ? [chat.number] : viewers.map((viewer) => viewer.replace(/\D/g, ''));
    const devices = people.flatMap((number) => {
      const recipient = network.directory.findOrCreate(number);
      if (!recipient) throw new SandboxError('unknown_number', `${number} is not on WhatsApp`);
      return recipient.devices();
    });
    return [...new Set([...devices, ...account.companions.values()])].filter(
      ({ address }) => address.number !== account.number || address.device !== 0,
    );
  }

  /** Throws if WhatsApp does not tell the LID of one of the numbers. */
  requireLids(...numbers: readonly string[]): void {
    for (const number of numbers) {
      if (this.network.directory.publicLidOf(number) !== undefined) continue;
      throw new SandboxError('invalid_argument', `the LID of ${number} is not known (lidKnown)`);
    }
  }

  /** A message of this phone to which another message refers. */
  reference(id: string): MessageReference {
    const found = this.inbox.find(id);
    if (!found) throw new SandboxError('not_found', `unknown message ${id}`);
    const { view, message } = found;
    const chat = this.chat(view.chat);
    const fromMe = view.from === this.account.number;
    const author = this.jidIn(chat, view.from);
    const remoteJid = chat.kind === 'user' ? pnJid(chat.number) : chatId(chat);
    const key = { remoteJid, fromMe, id, ...(chat.kind !== 'user' && !fromMe && { participant: author }) };
    return { key, from: view.from, author, message };
  }

  /** The jid of a person in a chat. */
  jidIn(chat: Chat, number: string): string {
    const { groups, directory } = this.network;
    const addressing = chat.kind === 'group' ? (groups.get(chat.jid)?.addressing ?? 'lid') : 'pn';
    return personJid({ number, device: 0 }, addressing, directory);
  }
}
