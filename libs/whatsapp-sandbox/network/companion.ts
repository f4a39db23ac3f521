import type { BinaryNode } from '../transport/wire.js';
import { el, type Attrs } from '../transport/wire.js';
import { serviceJid, type DeviceAddress } from './address.js';
import { unixSeconds, type Device, type Envelope, type KeyBundle, type DeviceReceipt } from './mail.js';
import { StanzaOutbox, type Confirmable } from './stanza-outbox.js';
import { joinedReceiptsStanza, messageStanza, receiptStanza, type NameLookup } from './stanza.js';

/** The live connection of a linked client. */
export type Link = {
  /** `encoded` is the node in binary form, if the caller has it. */
  send(node: BinaryNode, encoded?: Buffer): void;
  /** Sends a stream error and closes. */
  disconnect(reason: BinaryNode): void;
};

export type PublicPreKey = { readonly keyId: number; readonly publicKey: Buffer };

/** Keys and properties of a client from when it was linked. */
export type CompanionIdentity = {
  readonly noiseKey: Buffer;
  readonly registrationId: number;
  readonly identityKey: Buffer;
  readonly platform: string;
  readonly keyIndex: number;
  /** ADVSignedDeviceIdentity with both signatures. */
  readonly deviceIdentity: Buffer;
  readonly linkedAt: string;
};

/** A linked client, connected or not. */
export class Companion implements Device {
  signedPreKey: KeyBundle['signedPreKey'];
  preKeys: PublicPreKey[] = [];
  /** Whether the phone has sent it keys and history. */
  initialSyncSent = false;
  lastSeenAt: string | undefined;
  /** Whether it shows the account as online. */
  isOnline = false;
  /** Numbers of those of whom it wants to know whether they are online. */
  readonly watched = new Set<string>();
  #link: Link | undefined;
  #active = false;
  #lowReported = false;
  #nextId = 0;

  constructor(
    readonly address: DeviceAddress,
    readonly identity: CompanionIdentity,
    signedPreKey: KeyBundle['signedPreKey'],
    private readonly names: NameLookup,
    private readonly changed: () => void,
    readonly outbox: StanzaOutbox,
  ) {
    this.signedPreKey = signedPreKey;
  }

  get keyIndex(): number {
    return this.identity.keyIndex;
  }

  get isConnected(): boolean {
    return this.#link !== undefined;
  }

  get link(): Link | undefined {
    return this.#link;
  }

  /** Sets the connection and returns the previous one. Stanzas are queued until `activate`. */
  attach(link: Link): Link | undefined {
    const previous = this.#link;
    this.#link = link;
    this.#active = false;
    this.isOnline = false;
    this.watched.clear();
    this.lastSeenAt = new Date().toISOString();
    return previous;
  }

  /** No effect if another connection has replaced this one. */
  detach(link: Link): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    this.#active = false;
    this.isOnline = false;
    this.lastSeenAt = new Date().toISOString();
    this.changed();
  }

  /** Starts direct delivery. Returns the stanzas that were queued. */
  activate(): readonly BinaryNode[] {
    this.#active = true;
    return this.outbox.repeat();
  }

  /** Queues a stanza until the client confirms it and sends it if the client is connected. Dropped if the queue is full. */
  push(stanza: BinaryNode): void {
    const encoded = this.outbox.add(stanza);
    if (!encoded) return;
    if (this.#active) this.#link?.send(stanza, encoded);
    this.changed();
  }

  deliver = (envelope: Envelope): void => this.push(messageStanza(envelope, this.names));
  confirm = (receipt: DeviceReceipt): void => this.push(receiptStanza(receipt, this.names));
  confirmJoined = (first: DeviceReceipt, others: readonly DeviceReceipt[]): void =>
    this.push(joinedReceiptsStanza(this.#newId(), first, others, this.names));

  notify(type: string, content: readonly BinaryNode[], from = serviceJid, attrs: Attrs = {}): void {
    this.push(el('notification', { from, type, id: this.#newId(), t: String(unixSeconds()), ...attrs }, content));
  }

  settle(kind: Confirmable, id: string): void {
    if (this.outbox.settle(kind, id)) this.changed();
  }

  /** False if there are too many; none is stored then. */
  addPreKeys(keys: readonly PublicPreKey[]): boolean {
    if (this.preKeys.length + keys.length > maxPreKeys) return false;
    const known = new Set(this.preKeys.map(({ keyId }) => keyId));
    this.preKeys.push(...keys.filter(({ keyId }) => !known.has(keyId)));
    this.#lowReported = false;
    this.changed();
    return true;
  }

  takeKeyBundle(): KeyBundle {
    const preKey = this.preKeys.shift();
    this.changed();
    this.#reportLow();
    const { registrationId, identityKey, deviceIdentity } = this.identity;
    return { registrationId, identityKey, signedPreKey: this.signedPreKey, preKey, deviceIdentity };
  }

  #newId = (): string => `${Date.now()}-${this.#nextId++}`;

  #reportLow(): void {
    if (this.#lowReported || this.preKeys.length >= lowPreKeyCount) return;
    this.#lowReported = true;
    this.notify('encrypt', [el('count', { value: String(this.preKeys.length) })]);
  }
}

const lowPreKeyCount = 5;
/** Clients upload 812 at first. */
const maxPreKeys = 5_000;
