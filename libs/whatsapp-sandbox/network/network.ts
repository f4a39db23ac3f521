import { randomInt } from 'node:crypto';
import type { Faults } from '../faults.js';
import type { Limits } from '../limits.js';
import type { SandboxLogger } from '../logger.js';
import type { MediaStore } from '../phone/media-store.js';
import { Phone } from '../phone/phone.js';
import { el } from '../transport/wire.js';
import type { SandboxAccount } from './account.js';
import { pnJid, type DeviceAddress } from './address.js';
import type { Companion } from './companion.js';
import { AccountDirectory } from './account-directory.js';
import { Channels } from './channels.js';
import { Groups } from './groups.js';
import { JoinedReceipts } from './joined-receipts.js';
import type { Device, Envelope, DeviceReceipt } from './mail.js';
import { PairingRegistry } from './pairing-registry.js';

export type NetworkParts = {
  readonly limits: Limits;
  readonly faults: Faults;
  readonly log: SandboxLogger;
  readonly media: MediaStore | undefined;
  /** Called whenever persistent state has changed. */
  readonly changed: () => void;
};

/** The simulated WhatsApp service: its accounts, groups and channels, and the delivery of messages and receipts. */
export class Network {
  readonly directory: AccountDirectory;
  readonly groups: Groups;
  readonly channels: Channels;
  readonly pairing = new PairingRegistry();
  readonly joinedReceipts: JoinedReceipts;

  constructor(readonly parts: NetworkParts) {
    this.joinedReceipts = new JoinedReceipts(parts.faults);
    this.directory = new AccountDirectory((account) => {
      account.phone = new Phone(account, this);
    }, parts.limits.accounts);
    this.groups = new Groups(this.directory, parts.changed);
    this.channels = new Channels(parts.changed, (numbers, stanza, from) => {
      for (const number of numbers) {
        for (const companion of this.directory.find(number)?.companions.values() ?? []) {
          if (number !== from.number || companion.address.device !== from.device) companion.push(stanza);
        }
      }
    });
  }

  /** Creates a phone, by default with a random number. Throws if the number or an alias is taken or invalid. */
  createPhone(number?: string, name?: string, aliases?: readonly string[]): Phone {
    const account = this.directory.create(number ?? this.#freeNumber(), name, aliases);
    this.parts.changed();
    return account.phone;
  }

  device({ number, device }: DeviceAddress): Device | undefined {
    return this.directory.find(number)?.device(device);
  }

  /** False if the device does not exist (any more). What somebody writes to a person who blocks them is dropped, and they do not hear of it. */
  deliver(envelope: Envelope): boolean {
    const device = this.device(envelope.to);
    const { chat, from, to } = envelope;
    if (chat.kind !== 'group' && this.directory.find(to.number)?.blocked.has(from.number)) return device !== undefined;
    device?.deliver(envelope);
    return device !== undefined;
  }

  /** Delivers a retry to the device that sent the message, and other kinds once to all devices of its account. */
  confirm(receipt: DeviceReceipt): void {
    if (receipt.kind === 'retry') {
      this.device(receipt.to)?.confirm(receipt);
      return;
    }
    const account = this.directory.find(receipt.to.number);
    if (!account?.isNewReceipt(receipt)) return;
    const joinedLater = this.joinedReceipts.add(receipt, (others) => {
      for (const companion of account.companions.values()) companion.confirmJoined(receipt, others);
    });
    if (joinedLater) return account.phone.confirm(receipt);
    const own = receipt.from.number === receipt.to.number;
    for (const device of account.devices()) {
      if (!own || device.address.device !== receipt.from.device) device.confirm(receipt);
    }
  }

  /** Adds a linked client to an account and notifies those who know its device list. */
  link(account: SandboxAccount, companion: Companion): void {
    account.companions.set(companion.address.device, companion);
    this.announceDevices(account);
  }

  /** Unlinks a client: it receives 401, is disconnected and cannot log in again. */
  unlink(account: SandboxAccount, companion: Companion): void {
    account.companions.delete(companion.address.device);
    companion.link?.disconnect(el('stream:error', { code: '401' }, [el('conflict', { type: 'device_removed' })]));
    for (const { phone } of this.directory.list()) phone.forgetDevice(companion.address);
    this.announceDevices(account);
  }

  /** Notifies those who know the device list of an account that it has changed. */
  announceDevices(account: SandboxAccount): void {
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
