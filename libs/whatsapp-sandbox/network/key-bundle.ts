import { verifySignature } from '../crypto/curve.js';
import { bigEndian, bytesOf, child, childBytes, el, readBigEndian, type BinaryNode } from '../transport/wire.js';
import type { PublicPreKey } from './companion.js';
import type { KeyBundle } from './mail.js';

const KEY_TYPE = Buffer.from([5]);
const KEY_BYTES = 32;
const KEY_ID_BYTES = 3;
const REGISTRATION_ID_BYTES = 4;

const preKeyNode = ({ keyId, publicKey }: PublicPreKey): BinaryNode =>
  el('key', {}, [el('id', {}, bigEndian(keyId, KEY_ID_BYTES)), el('value', {}, publicKey)]);

const signedPreKeyNode = ({ keyId, publicKey, signature }: KeyBundle['signedPreKey']): BinaryNode =>
  el('skey', {}, [
    el('id', {}, bigEndian(keyId, KEY_ID_BYTES)),
    el('value', {}, publicKey),
    el('signature', {}, signature),
  ]);

/** A key bundle as it stands in the answer to a key query. */
export const bundleNodes = (bundle: KeyBundle): readonly BinaryNode[] => [
  el('registration', {}, bigEndian(bundle.registrationId, REGISTRATION_ID_BYTES)),
  ...keyNodes(bundle),
  ...(bundle.deviceIdentity ? [el('device-identity', {}, bundle.deviceIdentity)] : []),
];

/** A key bundle without its registration id, as it stands in the `keys` of a retry. */
export const keyNodes = ({ identityKey, signedPreKey, preKey }: KeyBundle): readonly BinaryNode[] => [
  el('type', {}, KEY_TYPE),
  el('identity', {}, identityKey),
  signedPreKeyNode(signedPreKey),
  ...(preKey ? [preKeyNode(preKey)] : []),
];

/** Undefined when it is none that others could be given. */
export function readPreKey(node: BinaryNode | undefined): PublicPreKey | undefined {
  const [id, value] = [childBytes(node, 'id'), childBytes(node, 'value')];
  if (id.length !== KEY_ID_BYTES || value.length !== KEY_BYTES) return undefined;
  return { keyId: readBigEndian(id), publicKey: Buffer.from(value) };
}

/** Undefined when it is none, or the owner of the identity does not vouch for it. */
export function readSignedPreKey(
  node: BinaryNode | undefined,
  identityKey: Buffer,
): KeyBundle['signedPreKey'] | undefined {
  const preKey = readPreKey(node);
  const key = preKey && { ...preKey, signature: Buffer.from(childBytes(node, 'signature')) };
  return key && isSignedBy(identityKey, key) ? key : undefined;
}

export function readRegistrationId(node: BinaryNode | undefined): number | undefined {
  const bytes = bytesOf(node);
  return bytes.length === REGISTRATION_ID_BYTES ? readBigEndian(bytes) : undefined;
}

/** The bundle that came with a retry; undefined when its sender sent none that can be used. */
export function readRetryBundle(nodes: readonly BinaryNode[]): KeyBundle | undefined {
  const keys = nodes.find(({ tag }) => tag === 'keys');
  const registration = nodes.find(({ tag }) => tag === 'registration');
  const identityKey = Buffer.from(childBytes(keys, 'identity'));
  const signedPreKey = readSignedPreKey(child(keys, 'skey'), identityKey);
  const registrationId = readRegistrationId(registration);
  if (!signedPreKey || registrationId === undefined) return undefined;
  return { registrationId, identityKey, signedPreKey, preKey: readPreKey(child(keys, 'key')) };
}

/** Whether the owner of the identity vouches for a signed prekey. */
const isSignedBy = (identityKey: Buffer, { publicKey, signature }: KeyBundle['signedPreKey']): boolean =>
  verifySignature(identityKey, Buffer.concat([KEY_TYPE, publicKey]), signature);
