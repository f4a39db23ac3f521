import type { BaileysEventMap } from '@whiskeysockets/baileys';
import type { TestClient } from './client.js';
import { waitUntil } from './wait-until.js';

type GroupEvent = 'groups.upsert' | 'groups.update' | 'group-participants.update' | 'messages.reaction';

/** Records the group events of a client. */
export class GroupEvents {
  readonly #heard: { [E in GroupEvent]: BaileysEventMap[E][] } = {
    'groups.upsert': [],
    'groups.update': [],
    'group-participants.update': [],
    'messages.reaction': [],
  };
  readonly #receipts: BaileysEventMap['message-receipt.update'] = [];

  constructor(private readonly client: TestClient) {
    const { socket } = client;
    socket.ev.on('groups.upsert', (event) => this.#heard['groups.upsert'].push(event));
    socket.ev.on('groups.update', (event) => this.#heard['groups.update'].push(event));
    socket.ev.on('group-participants.update', (event) => this.#heard['group-participants.update'].push(event));
    socket.ev.on('messages.reaction', (event) => this.#heard['messages.reaction'].push(event));
    socket.ev.on('message-receipt.update', (updates) => this.#receipts.push(...updates));
  }

  /** Waits for an event of that kind that matches. */
  heard = <E extends GroupEvent>(
    kind: E,
    matches: (event: BaileysEventMap[E]) => boolean,
  ): Promise<BaileysEventMap[E]> =>
    waitUntil(`the client hears ${kind}`, () => (this.#heard[kind] as BaileysEventMap[E][]).find(matches));

  /**
   * Jids of those who have confirmed a message. The client merges early receipts into its own copy of the message, so both places
   * are checked.
   */
  confirmedBy(id: string, kind: 'delivered' | 'read'): string[] {
    const merged = this.client.messages.flatMap(({ key, userReceipt }) =>
      (userReceipt ?? []).map((receipt) => ({ key, receipt })),
    );
    const confirmations = [...this.#receipts, ...merged].filter(({ key, receipt }) => {
      const time = kind === 'read' ? receipt.readTimestamp : receipt.receiptTimestamp;
      return key.id === id && time !== undefined && time !== null;
    });
    return [...new Set(confirmations.flatMap(({ receipt }) => receipt.userJid ?? []))].toSorted();
  }
}
