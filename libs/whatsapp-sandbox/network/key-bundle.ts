import { verifySignature } from '#lib/curve25519';
import { bigEndian, nodeBytes, child, childBytes, el, readBigEndian, type BinaryNode } from '../transport/wire.js';
import type { PublicPreKey } from './companion.js';
import type { KeyBundle } from './mail.js';

const djbKeyType = Buffer.from([5]);
const keyBytes = 32;
const keyIdBytes = 3;
const registrationIdBytes = 4;

const preKeyNode = ({ keyId, publicKey }: PublicPreKey): BinaryNode =>
  el('key', {}, [el('id', {}, bigEndian(keyId, keyIdBytes)), el('value', {}, publicKey)]);

const signedPreKeyNode = ({ keyId, publicKey, signature }: KeyBundle['signedPreKey']): BinaryNode =>
  el('skey', {}, [
    el('id', {}, bigEndian(keyId, keyIdBytes)),
    el('value', {}, publicKey),
    el('signature', {}, signature),
  ]);

/** A key bundle in the answer to a key query. */
export const bundleNodes = (bundle: KeyBundle): readonly BinaryNode[] => [
  el('registration', {}, bigEndian(bundle.registrationId, registrationIdBytes)),
  ...keyNodes(bundle),
  ...(bundle.deviceIdentity ? [el('device-identity', {}, bundle.deviceIdentity)] : []),
];

/** A key bundle without its registration id, in the `keys` of a retry receipt. */
export const keyNodes = ({ identityKey, signedPreKey, preKey }: KeyBundle): readonly BinaryNode[] => [
  el('type', {}, djbKeyType),
  el('identity', {}, identityKey),
  signedPreKeyNode(signedPreKey),
  ...(preKey ? [preKeyNode(preKey)] : []),
];

/** Undefined if it is malformed. */
export function readPreKey(node: BinaryNode | undefined): PublicPreKey | undefined {
  const [id, value] = [childBytes(node, 'id'), childBytes(node, 'value')];
  if (id.length !== keyIdBytes || value.length !== keyBytes) return undefined;
  return { keyId: readBigEndian(id), publicKey: Buffer.from(value) };
}

/** Undefined if it is malformed or its signature is invalid. */
export function readSignedPreKey(
  node: BinaryNode | undefined,
  identityKey: Buffer,
): KeyBundle['signedPreKey'] | undefined {
  const preKey = readPreKey(node);
  const key = preKey && { ...preKey, signature: Buffer.from(childBytes(node, 'signature')) };
  return key && isSignedBy(identityKey, key) ? key : undefined;
}

export function readRegistrationId(node: BinaryNode | undefined): number | undefined {
  const bytes = nodeBytes(node);
  return bytes.length === registrationIdBytes ? readBigEndian(bytes) : undefined;
}

/** The key bundle in a retry receipt; undefined if there is no valid one. */
export function readRetryBundle(nodes: readonly BinaryNode[]): KeyBundle | undefined {
  const keys = nodes.find(({ tag }) => tag === 'keys');
  const registration = nodes.find(({ tag }) => tag === 'registration');
  const identityKey = Buffer.from(childBytes(keys, 'identity'));
  const signedPreKey = readSignedPreKey(child(keys, 'skey'), identityKey);
  const registrationId = readRegistrationId(registration);
  if (!signedPreKey || registrationId === undefined) return undefined;
  return { registrationId, identityKey, signedPreKey, preKey: readPreKey(child(keys, 'key')) };
}

const isSignedBy = (identityKey: Buffer, { publicKey, signature }: KeyBundle['signedPreKey']): boolean =>
  verifySignature(identityKey, Buffer.concat([djbKeyType, publicKey]), signature);
