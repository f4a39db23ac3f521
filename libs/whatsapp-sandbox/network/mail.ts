import type { BinaryNode } from '../transport/wire.js';
import type { Addressing, Chat, DeviceAddress } from './address.js';

/** A ciphertext with the attributes of its `enc` node. */
export type Ciphertext = { readonly attrs: { readonly [name: string]: string }; readonly bytes: Buffer };

/** An end-to-end encrypted message to one device. */
export type Envelope = {
  readonly id: string;
  readonly from: DeviceAddress;
  readonly to: DeviceAddress;
  readonly chat: Chat;
  readonly addressing: Addressing;
  readonly type: string;
  /** Unix seconds. */
  readonly sentAt: number;
  readonly ciphertexts: readonly Ciphertext[];
  readonly category?: 'peer' | undefined;
  readonly edit?: string | undefined;
  /** Jid of the broadcast list to which it was sent. */
  readonly broadcastList?: string | undefined;
  /** Nodes that are passed on unread, such as the sender's device identity. */
  readonly attachments: readonly BinaryNode[];
};

export type ReceiptKind = 'delivered' | 'read' | 'played' | 'read-self' | 'retry';

/** A receipt to the sender of a message. A `retry` goes to one device, other kinds go to the whole account. */
export type DeviceReceipt = {
  readonly ids: readonly string[];
  readonly kind: ReceiptKind;
  readonly from: DeviceAddress;
  readonly to: DeviceAddress;
  /** For a chat with a person: the account that confirms; for copies of own messages: the other party. */
  readonly chat: Chat;
  readonly addressing: Addressing;
  /** Unix seconds. */
  readonly at: number;
  /** Of a retry: count, registration and keys. */
  readonly content?: readonly BinaryNode[] | undefined;
};

/** The keys needed to start a Signal session with a device. Public keys have 32 bytes. */
export type KeyBundle = {
  readonly registrationId: number;
  readonly identityKey: Buffer;
  readonly signedPreKey: { readonly keyId: number; readonly publicKey: Buffer; readonly signature: Buffer };
  readonly preKey?: { readonly keyId: number; readonly publicKey: Buffer } | undefined;
  readonly deviceIdentity?: Buffer | undefined;
};

/** A virtual phone or a linked client. Delivery is synchronous and never throws. */
export interface Device {
  readonly address: DeviceAddress;
  readonly keyIndex: number;
  /** Consumes a one-time prekey, if there is one. */
  takeKeyBundle(): KeyBundle;
  deliver(envelope: Envelope): void;
  confirm(receipt: DeviceReceipt): void;
}

export const isOwnCopy = ({ from, to, category }: Pick<Envelope, 'from' | 'to' | 'category'>): boolean =>
  from.number === to.number && category !== 'peer';

export const unixSeconds = (): number => Math.floor(Date.now() / 1000);
