import { hmacSha256 } from '../crypto/cipher.js';
import { verifySignature, type SigningKey } from '#lib/curve25519';
import { unixSeconds } from '../network/mail.js';
import { proto } from '../transport/wire.js';

const accountSignaturePrefix = Buffer.from([6, 0]);
const deviceSignaturePrefix = Buffer.from([6, 1]);

/** A device identity signed by a phone, which links a client. */
export type SignedDevice = {
  readonly details: Uint8Array;
  readonly signed: Uint8Array;
  readonly authenticated: Uint8Array;
};

/** Signs a device identity and authenticates it with the secret that only the client and the phone know. */
export function signDevice(
  account: SigningKey,
  deviceIdentity: Uint8Array,
  keyIndex: number,
  advSecret: Uint8Array,
): SignedDevice {
  const timestamp = unixSeconds();
  const details = proto.ADVDeviceIdentity.encode({
    rawId: account.publicKey.readUInt32BE(),
    timestamp,
    keyIndex,
    accountType: proto.ADVEncryptionType.E2EE,
    deviceType: proto.ADVEncryptionType.E2EE,
  }).finish();
  const accountSignature = account.sign(Buffer.concat([accountSignaturePrefix, details, deviceIdentity]));
  const signed = proto.ADVSignedDeviceIdentity.encode({
    details,
    accountSignatureKey: account.publicKey,
    accountSignature,
  }).finish();
  const authenticated = proto.ADVSignedDeviceIdentityHMAC.encode({
    details: signed,
    hmac: hmacSha256(advSecret, signed),
  }).finish();
  return { details, signed, authenticated };
}

/**
 * Verifies the client's signature of its device identity and returns the identity for other devices. Undefined if the signature is
 * invalid.
 */
export function acceptDevice(
  answer: Uint8Array,
  { details }: SignedDevice,
  account: Uint8Array,
  deviceIdentity: Uint8Array,
): Buffer | undefined {
  const identity = readIdentity(answer);
  const message = Buffer.concat([deviceSignaturePrefix, details, deviceIdentity, account]);
  if (!identity?.deviceSignature || !verifySignature(deviceIdentity, message, identity.deviceSignature))
    return undefined;
  return Buffer.from(proto.ADVSignedDeviceIdentity.encode({ ...identity, accountSignatureKey: account }).finish());
}

function readIdentity(answer: Uint8Array): proto.ADVSignedDeviceIdentity | undefined {
  try {
    return proto.ADVSignedDeviceIdentity.decode(answer);
  } catch {
    return undefined; // malformed
  }
}
