import { verifySignature } from '../crypto/curve.js';
import { bigEndian, child, childBytes, el, readBigEndian, type BinaryNode } from '../transport/wire.js';
import type { PublicPreKey } from './companion.js';
import type { KeyBundle } from './mail.js';

const KEY_TYPE = Buffer.from([5]);

const preKeyNode = ({ keyId, publicKey }: PublicPreKey): BinaryNode =>
  el('key', {}, [el('id', {}, bigEndian(keyId, 3)), el('value', {}, publicKey)]);

const signedPreKeyNode = ({ keyId, publicKey, signature }: KeyBundle['signedPreKey']): BinaryNode =>
  el('skey', {}, [el('id', {}, bigEndian(keyId, 3)), el('value', {}, publicKey), el('signature', {}, signature)]);

/** A key bundle as it stands in the answer to a key query. */
export const bundleNodes = (bundle: KeyBundle): readonly BinaryNode[] => [
  el('registration', {}, bigEndian(bundle.registrationId, 4)),
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

export const readPreKey = (node: BinaryNode): PublicPreKey => ({
  keyId: readBigEndian(childBytes(node, 'id')),
  publicKey: childBytes(node, 'value'),
});

export const readSignedPreKey = (node: BinaryNode | undefined): KeyBundle['signedPreKey'] => ({
  keyId: readBigEndian(childBytes(node, 'id')),
  publicKey: childBytes(node, 'value'),
  signature: childBytes(node, 'signature'),
});

/** The bundle that came with a retry; undefined when its sender sent none. */
export function readRetryBundle(nodes: readonly BinaryNode[]): KeyBundle | undefined {
  const keys = nodes.find(({ tag }) => tag === 'keys');
  const registration = nodes.find(({ tag }) => tag === 'registration');
  const identityKey = childBytes(keys, 'identity');
  if (!keys || !registration || identityKey.length !== 32) return undefined;
  const preKey = child(keys, 'key');
  return {
    registrationId: readBigEndian(Buffer.from(registration.content as Uint8Array)),
    identityKey,
    signedPreKey: readSignedPreKey(child(keys, 'skey')),
    preKey: preKey && readPreKey(preKey),
  };
}

/** Whether the owner of the identity vouches for a signed prekey. */
export const isSignedBy = (identityKey: Buffer, { publicKey, signature }: KeyBundle['signedPreKey']): boolean =>
  verifySignature(identityKey, Buffer.concat([KEY_TYPE, publicKey]), signature);
