import type { BinaryNode } from '../transport/wire.js';
import { el, type Attrs } from '../transport/wire.js';
import { SERVICE, type DeviceAddress } from './address.js';
import { unixSeconds, type Device, type Envelope, type KeyBundle, type Receipt } from './mail.js';
import { Outbox, type Confirmable } from './outbox.js';
import { messageStanza, receiptStanza, type Names } from './stanza.js';

/** The live connection of a linked client. */
export type Link = {
  /** With what it is written as, where that is known. */
  send(node: BinaryNode, encoded?: Buffer): void;
  /** Says goodbye with a stream error and closes. */
  disconnect(reason: BinaryNode): void;
};

export type PublicPreKey = { readonly keyId: number; readonly publicKey: Buffer };

/** What a client brought when it was linked, and what it says about itself. */
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

/** A linked client as the server knows it, connected or not. */
export class Companion implements Device {
  signedPreKey: KeyBundle['signedPreKey'];
  preKeys: PublicPreKey[] = [];
  /** Whether the phone has pushed keys and history to it. */
  welcomed = false;
  lastSeenAt: string | undefined;
  #link: Link | undefined;
  #active = false;
  #lowReported = false;
  #nextId = 0;

  constructor(
    readonly address: DeviceAddress,
    readonly identity: CompanionIdentity,
    signedPreKey: KeyBundle['signedPreKey'],
    private readonly names: Names,
    private readonly changed: () => void,
    readonly outbox: Outbox,
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

  /** Takes over the connection. What is sent from now on waits until `activate`. Returns the connection before it. */
  attach(link: Link): Link | undefined {
    const previous = this.#link;
    this.#link = link;
    this.#active = false;
    this.lastSeenAt = new Date().toISOString();
    return previous;
  }

  /** Does nothing when another connection has taken over. */
  detach(link: Link): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    this.#active = false;
    this.lastSeenAt = new Date().toISOString();
    this.changed();
  }

  /** From now on stanzas go out at once. Returns those that had to wait. */
  activate(): readonly BinaryNode[] {
    this.#active = true;
    return this.outbox.waiting();
  }

  /** Queues a stanza until the client confirms it, and sends it when the client is there. Lost when too much waits already. */
  push(stanza: BinaryNode): void {
    const encoded = this.outbox.add(stanza);
    if (!encoded) return;
    if (this.#active) this.#link?.send(stanza, encoded);
    this.changed();
  }

  deliver = (envelope: Envelope): void => this.push(messageStanza(envelope, this.names));
  confirm = (receipt: Receipt): void => this.push(receiptStanza(receipt, this.names));

  notify(type: string, content: readonly BinaryNode[], from = SERVICE, attrs: Attrs = {}): void {
    const id = `${Date.now()}-${this.#nextId++}`;
    this.push(el('notification', { from, type, id, t: String(unixSeconds()), ...attrs }, content));
  }

  settle(kind: Confirmable, id: string): void {
    if (this.outbox.settle(kind, id)) this.changed();
  }

  /** False when these are more than anybody needs; then none of them is taken. */
  addPreKeys(keys: readonly PublicPreKey[]): boolean {
    if (this.preKeys.length + keys.length > PREKEYS_KEPT) return false;
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

  #reportLow(): void {
    if (this.#lowReported || this.preKeys.length >= PREKEYS_LOW) return;
    this.#lowReported = true;
    this.notify('encrypt', [el('count', { value: String(this.preKeys.length) })]);
  }
}

const PREKEYS_LOW = 5;
/** Clients start with 812. */
const PREKEYS_KEPT = 5_000;
