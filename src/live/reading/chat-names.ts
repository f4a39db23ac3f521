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
  private readonly ids = new Set<string>();
  private readonly jids = new Set<string>();

  has({ chatId, chat }: { readonly chatId: string | null; readonly chat: string | null }): boolean {
    return this.ids.has(chatId ?? '') || this.jids.has(chat ?? '');
  }

  /** `jids`: none where the chat of one session is asked for by its id. */
  add({ ids, jids }: { readonly ids: readonly string[]; readonly jids: readonly string[] }): void {
    for (const id of ids) this.ids.add(id);
    for (const jid of jids) this.jids.add(jid);
  }

  /**
   * From here on, it goes by what it turned out to be one with as well. Answers the names that are new: each may be one with others, by what
   * was learned before.
   */
  learn({ addressId, chatId, address, phoneNumber, lid }: AddressEvent['data']): readonly string[] {
    const jids = [address, phoneNumber === null ? null : jidOf(phoneNumber), lid].filter((jid) => jid !== null);
    const isByJid = jids.some((jid) => this.jids.has(jid));
    if (!isByJid && !this.ids.has(addressId) && !this.ids.has(chatId)) return [];
    const found = { ids: [addressId, chatId], jids: isByJid ? jids : [] };
    const added = [...found.ids.filter((id) => !this.ids.has(id)), ...found.jids.filter((jid) => !this.jids.has(jid))];
    this.add(found);
    return added;
  }
}
