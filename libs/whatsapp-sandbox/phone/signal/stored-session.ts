import type { KeyPair } from '#lib/curve25519';
import type { SignalSession } from './session.js';

type StoredKeyPair = { readonly publicKey: string; readonly privateKey: string };
type StoredChain = { readonly key: string; readonly next: number };

/** A session as JSON; bytes are base64. */
export type StoredSession = {
  readonly theirIdentity: string;
  readonly baseKey: string;
  readonly ratchet: {
    readonly rootKey: string;
    readonly ownKey: StoredKeyPair;
    readonly theirKey?: string | undefined;
    readonly sending?: StoredChain | undefined;
    readonly receiving?: StoredChain | undefined;
    readonly previousCount: number;
    readonly skipped: readonly (readonly [id: string, messageKey: string])[];
  };
  readonly keyExchange?:
    | {
        readonly registrationId: number;
        readonly preKeyId?: number | undefined;
        readonly signedPreKeyId: number;
        readonly baseKey: string;
        readonly identityKey: string;
      }
    | undefined;
};

const text = (bytes: Buffer): string => bytes.toString('base64');
const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');

const storeKeyPair = ({ publicKey, privateKey }: KeyPair): StoredKeyPair => ({
  publicKey: text(publicKey),
  privateKey: text(privateKey),
});
type ChainState = NonNullable<SignalSession['ratchet']['sending']>;
const storeChain = (chain: ChainState | undefined) => chain && { key: text(chain.key), next: chain.next };
const restoreChain = (chain: StoredChain | undefined) => chain && { key: bytes(chain.key), next: chain.next };

export const storeSession = ({ theirIdentity, baseKey, ratchet, keyExchange }: SignalSession): StoredSession => ({
  theirIdentity: text(theirIdentity),
  baseKey: text(baseKey),
  ratchet: {
    rootKey: text(ratchet.rootKey),
    ownKey: storeKeyPair(ratchet.ownKey),
    theirKey: ratchet.theirKey && text(ratchet.theirKey),
    sending: storeChain(ratchet.sending),
    receiving: storeChain(ratchet.receiving),
    previousCount: ratchet.previousCount,
    skipped: [...ratchet.skipped].map(([id, key]) => [id, text(key)] as const),
  },
  keyExchange: keyExchange && {
    ...keyExchange,
    baseKey: text(keyExchange.baseKey),
    identityKey: text(keyExchange.identityKey),
  },
});

export const restoreSession = ({ theirIdentity, baseKey, ratchet, keyExchange }: StoredSession): SignalSession => ({
  theirIdentity: bytes(theirIdentity),
  baseKey: bytes(baseKey),
  ratchet: {
    rootKey: bytes(ratchet.rootKey),
    ownKey: { publicKey: bytes(ratchet.ownKey.publicKey), privateKey: bytes(ratchet.ownKey.privateKey) },
    theirKey: ratchet.theirKey === undefined ? undefined : bytes(ratchet.theirKey),
    sending: restoreChain(ratchet.sending),
    receiving: restoreChain(ratchet.receiving),
    previousCount: ratchet.previousCount,
    skipped: new Map(ratchet.skipped.map(([id, key]) => [id, bytes(key)])),
  },
  keyExchange: keyExchange && {
    registrationId: keyExchange.registrationId,
    preKeyId: keyExchange.preKeyId,
    signedPreKeyId: keyExchange.signedPreKeyId,
    baseKey: bytes(keyExchange.baseKey),
    identityKey: bytes(keyExchange.identityKey),
  },
});
