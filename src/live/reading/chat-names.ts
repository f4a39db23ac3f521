import type { Recorded } from '#lib/event-sourcing';
import { jidOf } from '#lib/whatsapp';
import { addressEvents, type AddressEvent } from '../../messaging/address.contract.js';

/** The event by which two chats turn out to be one. No reader is told of it. */
export const learning = { category: addressEvents.category, type: 'AddressLearned' } as const satisfies {
  readonly category: string;
  readonly type: AddressEvent['type'];
};

export const isLearning = (event: Recorded): event is Recorded<AddressEvent> => event.type === learning.type;

/** What names the chat that a reader asks for in the events of the log, as far as it has been read. */
export class ChatNames {
  private readonly ids: Set<string>;
  private readonly jids: Set<string>;

  /** `jids`: none where the chat of one session is asked for by its id. */
  constructor({ ids, jids }: { readonly ids: readonly string[]; readonly jids: readonly string[] }) {
    this.ids = new Set(ids);
    this.jids = new Set(jids);
  }

  has({ chatId, chat }: { readonly chatId: string | null; readonly chat: string | null }): boolean {
    return this.ids.has(chatId ?? '') || this.jids.has(chat ?? '');
  }

  /** From here on, it goes by what it turned out to be one with as well. */
  learn({ addressId, chatId, address, phoneNumber, lid }: AddressEvent['data']): void {
    const jids = [address, phoneNumber === null ? null : jidOf(phoneNumber), lid].filter((jid) => jid !== null);
    const isByJid = jids.some((jid) => this.jids.has(jid));
    if (isByJid) for (const jid of jids) this.jids.add(jid);
    if (!isByJid && !this.ids.has(addressId) && !this.ids.has(chatId)) return;
    this.ids.add(addressId).add(chatId);
  }
}
