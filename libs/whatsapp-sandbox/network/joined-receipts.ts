import type { Faults } from '../faults.js';
import type { DeviceReceipt } from './mail.js';

type Gathering = { readonly others: DeviceReceipt[]; readonly timer: NodeJS.Timeout; readonly send: () => void };

const usualGatherMs = 500;

/** Receipts for a message to a group that its sender's clients get in one stanza, as WhatsApp sends those of many members. */
export class JoinedReceipts {
  readonly #gathering = new Map<string, Gathering>();

  constructor(private readonly faults: Faults) {}

  /** False where the receipt is sent by itself. `send` is given it with those that came after it. */
  add(receipt: DeviceReceipt, send: (others: readonly DeviceReceipt[]) => void): boolean {
    const { ids, kind, from, to, chat } = receipt;
    if (chat.kind !== 'group' || ids.length !== 1 || from.number === to.number) return false;
    const key = [to.number, chat.jid, ids[0], kind].join(' ');
    const gathering = this.#gathering.get(key);
    if (gathering) {
      gathering.others.push(receipt);
      return true;
    }
    const fault = this.faults.take('join-receipts', to.number);
    if (!fault) return false;
    const others: DeviceReceipt[] = [];
    const end = (): void => {
      this.#gathering.delete(key);
      send(others);
    };
    this.#gathering.set(key, { others, timer: setTimeout(end, fault.ms ?? usualGatherMs), send: end });
    return true;
  }

  /** Sends what is being gathered now, so that a restart of the sandbox loses no receipt. */
  stop(): void {
    for (const { timer, send } of this.#gathering.values()) {
      clearTimeout(timer);
      send();
    }
  }
}
