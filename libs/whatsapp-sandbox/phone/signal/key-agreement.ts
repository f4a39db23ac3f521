import { agree, type KeyPair } from '#lib/curve25519';
import { shortHkdf } from '../../crypto/short-hkdf.js';
import type { KeyBundle } from '../../network/mail.js';

/** X3DH (https://signal.org/docs/specifications/x3dh/), section 2.2: F for X25519. */
const domainSeparation = Buffer.alloc(32, 0xff);
const info = Buffer.from('WhisperText');
const secretBytes = 32;

const deriveSecret = (...agreements: readonly Buffer[]): Buffer =>
  shortHkdf(Buffer.concat([domainSeparation, ...agreements]), secretBytes, info);

/** The shared secret of the initiator. The signatures in a bundle are verified when it enters the sandbox. */
export function agreeAsInitiator(identity: KeyPair, baseKey: KeyPair, bundle: KeyBundle): Buffer {
  const { identityKey, signedPreKey, preKey } = bundle;
  return deriveSecret(
    agree(identity.privateKey, signedPreKey.publicKey),
    agree(baseKey.privateKey, identityKey),
    agree(baseKey.privateKey, signedPreKey.publicKey),
    ...(preKey ? [agree(baseKey.privateKey, preKey.publicKey)] : []),
  );
}

type ResponderKeys = {
  readonly identity: KeyPair;
  readonly signedPreKey: KeyPair;
  readonly preKey: KeyPair | undefined;
};

/** The shared secret of the responder, whose prekeys the initiator has used. */
export function agreeAsResponder(own: ResponderKeys, theirIdentity: Buffer, theirBaseKey: Buffer): Buffer {
  return deriveSecret(
    agree(own.signedPreKey.privateKey, theirIdentity),
    agree(own.identity.privateKey, theirBaseKey),
    agree(own.signedPreKey.privateKey, theirBaseKey),
    ...(own.preKey ? [agree(own.preKey.privateKey, theirBaseKey)] : []),
  );
}
