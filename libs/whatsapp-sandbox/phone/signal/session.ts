import { cbcDecrypt, cbcEncrypt } from '../../crypto/cipher.js';
import { generateKeyPair } from '#lib/curve25519';
import { shortHkdf } from '../../crypto/short-hkdf.js';
import type { Ciphertext, KeyBundle } from '../../network/mail.js';
import type { PhoneKeys } from '../keys.js';
import {
  authenticate,
  decodeMessage,
  encodeKeyExchange,
  encodeMessage,
  type Authentication,
  type KeyExchange,
} from './codec.js';
import { startAsInitiator, startAsResponder, stepToReceive, stepToSend, type RatchetState } from './double-ratchet.js';
import { agreeAsInitiator, agreeAsResponder } from './key-agreement.js';

/** A Signal session with one device, never modified. */
export type SignalSession = {
  readonly theirIdentity: Buffer;
  /** Ephemeral key of the initiator, which identifies the session. */
  readonly baseKey: Buffer;
  readonly ratchet: RatchetState;
  /** Sent with each message of the initiator until the responder has answered. */
  readonly keyExchange: KeyExchange | undefined;
};

const messageKeysInfo = Buffer.from('WhisperMessageKeys');
const ciphertextVersion = '2';

/** Starts a session with the keys of another device. */
export function initiateSession(keys: PhoneKeys, bundle: KeyBundle): SignalSession {
  const { identityKey: theirIdentity, signedPreKey, preKey } = bundle;
  const baseKey = generateKeyPair();
  const secret = agreeAsInitiator(keys.identity, baseKey, bundle);
  return {
    theirIdentity,
    baseKey: baseKey.publicKey,
    ratchet: startAsInitiator(secret, signedPreKey.publicKey),
    keyExchange: {
      registrationId: keys.registrationId,
      preKeyId: preKey?.keyId,
      signedPreKeyId: signedPreKey.keyId,
      baseKey: baseKey.publicKey,
      identityKey: keys.identity.publicKey,
    },
  };
}

/** Accepts the session that another device has started. Throws if the prekey is unknown or was used before. */
export function acceptSession(keys: PhoneKeys, { preKeyId, baseKey, identityKey }: KeyExchange): SignalSession {
  const preKey = preKeyId === undefined ? undefined : keys.preKey(preKeyId);
  if (preKeyId !== undefined && !preKey) throw new Error(`unknown prekey ${preKeyId}`);
  const { identity, signedPreKey } = keys;
  const secret = agreeAsResponder({ identity, signedPreKey, preKey }, identityKey, baseKey);
  return {
    theirIdentity: identityKey,
    baseKey,
    ratchet: startAsResponder(secret, signedPreKey),
    keyExchange: undefined,
  };
}

/** Encrypts the next message. Returns the session after it. */
export function encryptInSession(
  session: SignalSession,
  ownIdentity: Buffer,
  plaintext: Buffer,
): { readonly session: SignalSession; readonly ciphertext: Ciphertext } {
  const { theirIdentity, keyExchange } = session;
  const { state, header, messageKey } = stepToSend(session.ratchet);
  const { cipherKey, macKey, iv } = keysOf(messageKey);
  const authentication: Authentication = { macKey, sender: ownIdentity, recipient: theirIdentity };
  const message = encodeMessage(header, cbcEncrypt(cipherKey, iv, plaintext), authentication);
  const ciphertext = keyExchange
    ? { attrs: { v: ciphertextVersion, type: 'pkmsg' }, bytes: encodeKeyExchange(keyExchange, message) }
    : { attrs: { v: ciphertextVersion, type: 'msg' }, bytes: message };
  return { session: { ...session, ratchet: state }, ciphertext };
}

/** Decrypts a message. Returns the session after it. Throws if the message is not of this session or was received before. */
export function decryptInSession(
  session: SignalSession,
  ownIdentity: Buffer,
  bytes: Uint8Array,
): { readonly session: SignalSession; readonly plaintext: Buffer } {
  const message = decodeMessage(bytes);
  const { state, messageKey } = stepToReceive(session.ratchet, message.header);
  const { cipherKey, macKey, iv } = keysOf(messageKey);
  authenticate(message, { macKey, sender: session.theirIdentity, recipient: ownIdentity });
  const plaintext = cbcDecrypt(cipherKey, iv, message.ciphertext);
  return { session: { ...session, ratchet: state, keyExchange: undefined }, plaintext };
}

function keysOf(messageKey: Buffer): { readonly cipherKey: Buffer; readonly macKey: Buffer; readonly iv: Buffer } {
  const derived = shortHkdf(messageKey, 80, messageKeysInfo);
  return { cipherKey: derived.subarray(0, 32), macKey: derived.subarray(32, 64), iv: derived.subarray(64) };
}
