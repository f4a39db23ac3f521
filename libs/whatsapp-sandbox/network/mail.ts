import type { BinaryNode } from '../transport/wire.js';
import type { Addressing, Chat, DeviceAddress } from './address.js';

/** One ciphertext as it stands in an `enc` node. */
export type Sealed = { readonly attrs: { readonly [name: string]: string }; readonly bytes: Buffer };

/** A message on its way to one device. The network carries it without being able to read it. */
export type Envelope = {
  readonly id: string;
  readonly from: DeviceAddress;
  readonly to: DeviceAddress;
  readonly chat: Chat;
  readonly addressing: Addressing;
  readonly type: string;
  /** Unix seconds. */
  readonly sentAt: number;
  readonly sealed: readonly Sealed[];
  readonly category?: 'peer' | undefined;
  readonly edit?: string | undefined;
  /** Nodes that travel along unread, such as the sender's device identity. */
  readonly attachments: readonly BinaryNode[];
};

export type ReceiptKind = 'delivered' | 'read' | 'played' | 'read-self' | 'retry';

/** What a device tells the sender of a message. A `retry` goes to one device, the others to the whole account. */
export type Receipt = {
  readonly ids: readonly string[];
  readonly kind: ReceiptKind;
  readonly from: DeviceAddress;
  readonly to: DeviceAddress;
  /** For a person the account that confirms, for one's own message copies the other side. */
  readonly chat: Chat;
  readonly addressing: Addressing;
  /** Unix seconds. */
  readonly at: number;
  /** Of a retry: its count, registration and keys. */
  readonly content?: readonly BinaryNode[] | undefined;
};

/** What another device needs to start a Signal session. Public keys are 32 bytes. */
export type KeyBundle = {
  readonly registrationId: number;
  readonly identityKey: Buffer;
  readonly signedPreKey: { readonly keyId: number; readonly publicKey: Buffer; readonly signature: Buffer };
  readonly preKey?: { readonly keyId: number; readonly publicKey: Buffer } | undefined;
  readonly deviceIdentity?: Buffer | undefined;
};

/** Something that can be written to: a virtual phone or a linked client. Delivery never throws and never waits. */
export interface Device {
  readonly address: DeviceAddress;
  readonly keyIndex: number;
  /** Uses up one one-time prekey, if there is any. */
  takeKeyBundle(): KeyBundle;
  deliver(envelope: Envelope): void;
  confirm(receipt: Receipt): void;
}

export const isOwnCopy = ({ from, to, category }: Pick<Envelope, 'from' | 'to' | 'category'>): boolean =>
  from.number === to.number && category !== 'peer';

export const unixSeconds = (): number => Math.floor(Date.now() / 1000);
