import { randomInt } from 'node:crypto';
import type { Faults } from '../faults.js';
import type { Limits } from '../limits.js';
import type { SandboxLogger } from '../logger.js';
import type { MediaStore } from '../phone/media-store.js';
import { Phone } from '../phone/phone.js';
import { el } from '../transport/wire.js';
import type { Account } from './account.js';
import { pnJid, type DeviceAddress } from './address.js';
import type { Companion } from './companion.js';
import { Directory } from './directory.js';
import { Groups } from './groups.js';
import type { Device, Envelope, Receipt } from './mail.js';
import { PairingDesk } from './pairing-desk.js';

export type NetworkParts = {
  readonly limits: Limits;
  readonly faults: Faults;
  readonly log: SandboxLogger;
  readonly media: MediaStore | undefined;
  /** Called whenever something changed that a restarted sandbox has to know. */
  readonly changed: () => void;
};

/** The WhatsApp that the sandbox plays: who there is, and the way of messages and receipts between them. */
export class Network {
  readonly directory: Directory;
  readonly groups: Groups;
  readonly pairing = new PairingDesk();

  constructor(readonly parts: NetworkParts) {
    this.directory = new Directory((account) => {
      account.phone = new Phone(account, this);
    }, parts.limits.accounts);
    this.groups = new Groups(this.directory, parts.changed);
  }

  /** A phone with that number, or with a random one. Throws when the number is taken or is none. */
  createPhone(number?: string, name?: string): Phone {
    const account = this.directory.create(number ?? this.#freeNumber(), name);
    this.parts.changed();
    return account.phone;
  }

  device({ number, device }: DeviceAddress): Device | undefined {
    return this.directory.find(number)?.device(device);
  }

  /** False when there is no such device (any more). */
  deliver(envelope: Envelope): boolean {
    const device = this.device(envelope.to);
    device?.deliver(envelope);
    return device !== undefined;
  }

  /** A retry reaches the device that sent the message; anything else all devices of the account, once. */
  confirm(receipt: Receipt): void {
    if (receipt.kind === 'retry') {
      this.device(receipt.to)?.confirm(receipt);
      return;
    }
    const account = this.directory.find(receipt.to.number);
    if (!account?.isNews(receipt)) return;
    const own = receipt.from.number === receipt.to.number;
    for (const device of account.devices()) {
      if (!own || device.address.device !== receipt.from.device) device.confirm(receipt);
    }
  }

  /** Adds a linked client to an account and tells those who know its devices. */
  link(account: Account, companion: Companion): void {
    account.companions.set(companion.address.device, companion);
    this.#announceDevices(account);
  }

  /** Removes a linked client: it is told, cut off, and can never log in again. */
  unlink(account: Account, companion: Companion): void {
    account.companions.delete(companion.address.device);
    companion.link?.disconnect(el('stream:error', { code: '401' }, [el('conflict', { type: 'device_removed' })]));
    for (const { phone } of this.directory.list()) phone.forget(companion.address);
    this.#announceDevices(account);
  }

  #announceDevices(account: Account): void {
    for (const watcher of account.watchers) {
      for (const companion of this.directory.find(watcher)?.companions.values() ?? []) {
        companion.notify('devices', [account.deviceListChange()], pnJid(account.number));
      }
    }
    this.parts.changed();
  }

  #freeNumber(): string {
    for (;;) {
      const number = `1555${String(randomInt(10_000_000)).padStart(7, '0')}`;
      if (!this.directory.find(number)) return number;
    }
  }
}
