import { timingSafeEqual } from 'node:crypto';
import { hmacSha256 } from '../../crypto/cipher.js';
import { proto } from '../../transport/wire.js';
import type { RatchetHeader } from './double-ratchet.js';

/** Version of the message and highest supported version, both 3. */
const version = Buffer.of(0x33);
/** Marks a public key as X25519. */
const keyType = 5;
const typedKeyBytes = 33;
const macBytes = 8;

/** Keys that authenticate a message. Identities are public keys of 32 bytes. */
export type Authentication = { readonly macKey: Buffer; readonly sender: Buffer; readonly recipient: Buffer };

export type ReceivedMessage = {
  readonly header: RatchetHeader;
  readonly ciphertext: Buffer;
  /** Everything that the MAC covers, and the MAC. */
  readonly signed: Buffer;
  readonly mac: Buffer;
};

/** The first messages of a session carry the key exchange. Keys have 32 bytes. */
export type KeyExchange = {
  readonly registrationId: number;
  readonly preKeyId: number | undefined;
  readonly signedPreKeyId: number;
  readonly baseKey: Buffer;
  readonly identityKey: Buffer;
};

const typed = (key: Buffer): Buffer => Buffer.concat([Buffer.of(keyType), key]);

function untyped(key: Uint8Array | null | undefined): Buffer {
  if (key?.length !== typedKeyBytes || key[0] !== keyType) throw new Error('malformed public key');
  return Buffer.from(key.subarray(1));
}

const macOf = (signed: Uint8Array, { macKey, sender, recipient }: Authentication): Buffer =>
  hmacSha256(macKey, Buffer.concat([typed(sender), typed(recipient), signed])).subarray(0, macBytes);

export function encodeMessage(header: RatchetHeader, ciphertext: Buffer, authentication: Authentication): Buffer {
  const { ratchetKey, number: counter, previousNumber: previousCounter } = header;
  const fields = { ratchetKey: typed(ratchetKey), counter, previousCounter, ciphertext };
  const signed = Buffer.concat([version, proto.SignalMessage.encode(fields).finish()]);
  return Buffer.concat([signed, macOf(signed, authentication)]);
}

/** Parses a message. Throws if it is malformed. */
export function decodeMessage(bytes: Uint8Array): ReceivedMessage {
  const message = Buffer.from(bytes);
  const [signed, mac] = [message.subarray(0, -macBytes), message.subarray(-macBytes)];
  const fields = proto.SignalMessage.decode(bodyOf(signed));
  const ratchetKey = untyped(fields.ratchetKey);
  const header = { ratchetKey, number: fields.counter ?? 0, previousNumber: fields.previousCounter ?? 0 };
  return { header, ciphertext: Buffer.from(fields.ciphertext ?? []), signed, mac };
}

/** Throws if the message was modified or belongs to another session. */
export function authenticate({ signed, mac }: ReceivedMessage, authentication: Authentication): void {
  const expected = macOf(signed, authentication);
  if (mac.length !== macBytes || !timingSafeEqual(mac, expected)) throw new Error('the MAC does not match');
}

export function encodeKeyExchange(exchange: KeyExchange, message: Buffer): Buffer {
  const { registrationId, preKeyId, signedPreKeyId, baseKey, identityKey } = exchange;
  const fields = {
    registrationId,
    ...(preKeyId !== undefined && { preKeyId }),
    signedPreKeyId,
    baseKey: typed(baseKey),
    identityKey: typed(identityKey),
    message,
  };
  return Buffer.concat([version, proto.PreKeySignalMessage.encode(fields).finish()]);
}

/** Parses a message with a key exchange. Throws if it is malformed. */
export function decodeKeyExchange(bytes: Uint8Array): KeyExchange & { readonly message: Uint8Array } {
  const fields = proto.PreKeySignalMessage.decode(bodyOf(bytes));
  return {
    registrationId: fields.registrationId ?? 0,
    preKeyId: fields.preKeyId ?? undefined,
    signedPreKeyId: fields.signedPreKeyId ?? 0,
    baseKey: untyped(fields.baseKey),
    identityKey: untyped(fields.identityKey),
    message: fields.message ?? Buffer.alloc(0),
  };
}

function bodyOf(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== version[0]) throw new Error('unsupported version of the Signal protocol');
  return bytes.subarray(1);
}
