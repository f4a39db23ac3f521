import { randomBytes } from 'node:crypto';
import { sha256 } from '../crypto/cipher.js';
import { el, type BinaryNode } from '../transport/wire.js';
import type { Phone } from '../phone/phone.js';
import { lidJid, pnJid } from './address.js';
import { AppState } from './app-state.js';
import type { Companion } from './companion.js';
import type { Device, DeviceReceipt } from './mail.js';
import { BoundedMap } from './bounded-map.js';

/** Key with which the devices of an account encrypt its app state. The server does not use it. */
export type AppStateKey = { readonly id: Buffer; readonly data: Buffer };

/** A picture that an account or a group shows, on the media server. */
export type Picture = { readonly id: string; readonly url: string; readonly directPath: string };

const maxDeviceId = 255;
/** Reserved for hosted devices. */
const hostedDeviceId = 99;
const rememberedReceipts = 10_000;
const receiptRank: { readonly [K in DeviceReceipt['kind']]?: number } = { delivered: 1, read: 2, played: 3 };

/** One WhatsApp account: a phone and the clients that are linked to it. */
export class SandboxAccount {
  phone!: Phone;
  readonly companions = new Map<number, Companion>();
  /** Numbers whose clients have fetched the device list and must be notified of changes. */
  readonly watchers = new Set<string>();
  nextDevice = 1;
  /** Other spellings of the number. Look-ups for them find this account, under its own number. */
  aliases: readonly string[] = [];
  nextKeyIndex = 1;
  /** What the account says about itself. */
  about = '';
  picture: Picture | undefined;
  /** Numbers of those whose messages do not reach the account. */
  readonly blocked = new Set<string>();
  readonly #confirmed = new BoundedMap<number>(rememberedReceipts);

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

  /** Whether WhatsApp tells others the LID. */
  get isLidKnown(): boolean {
    return this.phone.settings.lidKnown;
  }

  devices(): readonly Device[] {
    return [this.phone, ...this.companions.values()];
  }

  device(id: number): Device | undefined {
    return id === 0 ? this.phone : this.companions.get(id);
  }

  /** Allocates an unused device id. Ids are not reused soon, so that an old device is not mistaken for a new one. */
  allocateDevice(): number {
    for (;;) {
      const id = this.nextDevice;
      this.nextDevice = id >= maxDeviceId ? 1 : id + 1;
      if (id !== hostedDeviceId && !this.companions.has(id)) return id;
    }
  }

  /** Whether a receipt is new. Every device of the receiver sends one, but only the first is forwarded. */
  isNewReceipt({ ids, kind, from, chat }: DeviceReceipt): boolean {
    const level = receiptRank[kind];
    if (level === undefined) return true;
    const about = ids.length === 1 ? ids[0] : sha256(Buffer.from(ids.join())).toString('base64');
    const key = `${about}/${from.number}/${chat.kind}`;
    if ((this.#confirmed.get(key) ?? 0) >= level) return false;
    this.#confirmed.set(key, level);
    return true;
  }

  /** Sends a notification to the account's linked clients. */
  notifyCompanions(type: string, content: readonly BinaryNode[], except?: Companion): void {
    for (const companion of this.companions.values()) {
      if (companion !== except) companion.notify(type, content);
    }
  }

  /** Blocks or unblocks somebody, and notifies the linked clients. */
  setBlocked(other: SandboxAccount, isBlocked: boolean, except?: Companion): void {
    if (this.blocked.has(other.number) === isBlocked) return;
    if (isBlocked) this.blocked.add(other.number);
    else this.blocked.delete(other.number);
    const item = el('item', { jid: other.contactJid, action: isBlocked ? 'block' : 'unblock' });
    this.notifyCompanions('account_sync', [el('blocklist', { action: 'modify' }, [item])], except);
  }

  /** How WhatsApp names the account to others: by the LID where it tells it. */
  get contactJid(): string {
    return this.isLidKnown ? lidJid(this.lid) : pnJid(this.number);
  }

  /** Notification content that makes clients drop their cached device list. */
  deviceListChange(): BinaryNode {
    const jids = [pnJid(this.number), ...(this.isLidKnown ? [lidJid(this.lid)] : [])];
    return el(
      'update',
      {},
      jids.map((jid) => el('device', { jid })),
    );
  }
}
