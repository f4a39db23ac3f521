import { randomBytes } from 'node:crypto';
import { sha256 } from '../crypto/cipher.js';
import { el, type BinaryNode } from '../transport/wire.js';
import type { Phone } from '../phone/phone.js';
import { lidJid, pnJid } from './address.js';
import { AppState } from './app-state.js';
import type { Companion } from './companion.js';
import type { Device, Receipt } from './mail.js';
import { Memory } from './memory.js';

/** Key that the devices of an account share to read its app state. The server never looks at it. */
export type AppStateKey = { readonly id: Buffer; readonly data: Buffer };

const HIGHEST_DEVICE = 255;
/** WhatsApp reserves it for hosted devices. */
const HOSTED_DEVICE = 99;
const RECEIPTS_REMEMBERED = 10_000;
const LEVEL: { readonly [K in Receipt['kind']]?: number } = { delivered: 1, read: 2, played: 3 };

/** One WhatsApp account: a phone and the clients that are linked to it. */
export class Account {
  phone!: Phone;
  readonly companions = new Map<number, Companion>();
  /** Numbers whose clients know the list of devices and have to hear of changes. */
  readonly watchers = new Set<string>();
  nextDevice = 1;
  nextKeyIndex = 1;
  readonly #confirmed = new Memory<number>(RECEIPTS_REMEMBERED);

  constructor(
    readonly number: string,
    readonly lid: string,
    public name: string,
    readonly appState = new AppState(),
    readonly appStateKey: AppStateKey = { id: randomBytes(6), data: randomBytes(32) },
  ) {}

  get exists(): boolean {
    return this.phone.settings.exists;
  }

  devices(): readonly Device[] {
    return [this.phone, ...this.companions.values()];
  }

  device(id: number): Device | undefined {
    return id === 0 ? this.phone : this.companions.get(id);
  }

  /** An unused device id; ids are handed out in turn so that an old one is not taken for a new one. */
  allocateDevice(): number {
    for (;;) {
      const id = this.nextDevice;
      this.nextDevice = id >= HIGHEST_DEVICE ? 1 : id + 1;
      if (id !== HOSTED_DEVICE && !this.companions.has(id)) return id;
    }
  }

  /** Whether a receipt says something new; the other devices of its sender will repeat it. */
  isNews({ ids, kind, from, chat }: Receipt): boolean {
    const level = LEVEL[kind];
    if (level === undefined) return true;
    const about = ids.length === 1 ? ids[0] : sha256(Buffer.from(ids.join())).toString('base64');
    const key = `${about}/${from.number}/${chat.kind}`;
    if ((this.#confirmed.get(key) ?? 0) >= level) return false;
    this.#confirmed.set(key, level);
    return true;
  }

  /** Tells the account's own other clients something. */
  notifyCompanions(type: string, content: readonly BinaryNode[], except?: Companion): void {
    for (const companion of this.companions.values()) {
      if (companion !== except) companion.notify(type, content);
    }
  }

  /** What makes a client forget which devices this account has. */
  deviceListChange(): BinaryNode {
    const jids = [pnJid(this.number), lidJid(this.lid)];
    return el(
      'update',
      {},
      jids.map((jid) => el('device', { jid })),
    );
  }
}
