import type { SandboxAccount } from '../network/account.js';
import { digitsOf, isLidJid, isPersonJid, parseJid, pnJid } from '../network/address.js';
import type { Network } from '../network/network.js';
import type { proto } from '../transport/wire.js';
import { AccountState } from './account-state.js';
import type { Inbox } from './inbox.js';

/** What the devices of an account have done with a chat as a whole; what nobody did is left out. */
export type MarkedChat = {
  /** Number of the other party, or jid of the group. */
  readonly chat: string;
  readonly archived?: boolean;
  readonly read?: boolean;
};

/** The chats that a phone or its linked clients archived, or marked as read or unread. */
export class ChatMarks {
  readonly #state: AccountState;

  constructor(
    account: SandboxAccount,
    private readonly network: Network,
    private readonly inbox: Inbox,
  ) {
    this.#state = new AccountState('regular_low', account, network);
  }

  /** Marks the chat with a number or jid. `upTo`: id of the last message that is read; by default that of the chat. */
  mark(chat: string, { archived, read, upTo }: Omit<MarkedChat, 'chat'> & { readonly upTo?: string }): void {
    const jid = parseJid(chat) ? chat : pnJid(digitsOf(chat) ?? chat);
    if (archived !== undefined)
      this.#state.write({ index: ['archive', jid], value: { archiveChatAction: { archived } } });
    if (read !== undefined) {
      const range = this.#range(jid, upTo);
      const markChatAsReadAction = { read, ...(range && { messageRange: range }) };
      this.#state.write({ index: ['markChatAsRead', jid], value: { markChatAsReadAction } });
    }
  }

  #range(jid: string, upTo: string | undefined): proto.SyncActionValue.ISyncActionMessageRange | undefined {
    const name = this.#nameOf(jid);
    const last = this.inbox.list().findLast(({ chat, id }) => chat === name && (upTo === undefined || id === upTo));
    if (!last) return undefined;
    const timestamp = Math.floor(Date.parse(last.sentAt) / 1000);
    const key = { remoteJid: jid, id: last.id, fromMe: last.direction === 'outgoing' };
    return { lastMessageTimestamp: timestamp, messages: [{ key, timestamp }] };
  }

  list(): readonly MarkedChat[] {
    const chats = new Map<string, MarkedChat>();
    for (const { index, value } of this.#state.read()) {
      const chat = this.#nameOf(index[1] ?? '');
      const { archived } = value.archiveChatAction ?? {};
      const { read } = value.markChatAsReadAction ?? {};
      chats.set(chat, {
        ...(chats.get(chat) ?? { chat }),
        ...(typeof archived === 'boolean' && { archived }),
        ...(typeof read === 'boolean' && { read }),
      });
    }
    return [...chats.values()];
  }

  #nameOf(text: string): string {
    const jid = parseJid(text);
    if (jid === undefined || !isPersonJid(jid)) return text;
    return isLidJid(jid) ? (this.network.directory.byJid(text)?.number ?? text) : jid.user;
  }
}
