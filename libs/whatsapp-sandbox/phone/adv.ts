import { hmacSha256 } from '../crypto/cipher.js';
import { verifySignature, type SigningKey } from '../crypto/curve.js';
import { proto } from '../transport/wire.js';

const ACCOUNT_SIGNATURE = Buffer.from([6, 0]);
const DEVICE_SIGNATURE = Buffer.from([6, 1]);

/** What a phone signs to make a client one of its devices. */
export type SignedDevice = { readonly details: Uint8Array; readonly signed: Uint8Array; readonly sealed: Uint8Array };

/** Signs a device's identity, and seals it with the secret that only that client and the phone know. */
export function signDevice(
  account: SigningKey,
  deviceIdentity: Uint8Array,
  keyIndex: number,
  advSecret: Uint8Array,
): SignedDevice {
  const timestamp = Math.floor(Date.now() / 1000);
  const details = proto.ADVDeviceIdentity.encode({
    rawId: account.publicKey.readUInt32BE(),
    timestamp,
    keyIndex,
    accountType: proto.ADVEncryptionType.E2EE,
    deviceType: proto.ADVEncryptionType.E2EE,
  }).finish();
  const accountSignature = account.sign(Buffer.concat([ACCOUNT_SIGNATURE, details, deviceIdentity]));
  const signed = proto.ADVSignedDeviceIdentity.encode({
    details,
    accountSignatureKey: account.publicKey,
    accountSignature,
  }).finish();
  const sealed = proto.ADVSignedDeviceIdentityHMAC.encode({
    details: signed,
    hmac: hmacSha256(advSecret, signed),
  }).finish();
  return { details, signed, sealed };
}

/**
 * Checks the client's own signature under its identity, and returns the identity as others are shown it.
 * Undefined when the client signed something else.
 */
export function acceptDevice(
  answer: Uint8Array,
  { details }: SignedDevice,
  account: Uint8Array,
  deviceIdentity: Uint8Array,
): Buffer | undefined {
  const identity = readIdentity(answer);
  const message = Buffer.concat([DEVICE_SIGNATURE, details, deviceIdentity, account]);
  if (!identity?.deviceSignature || !verifySignature(deviceIdentity, message, identity.deviceSignature))
    return undefined;
  return Buffer.from(proto.ADVSignedDeviceIdentity.encode({ ...identity, accountSignatureKey: account }).finish());
}

function readIdentity(answer: Uint8Array): proto.ADVSignedDeviceIdentity | undefined {
  try {
    return proto.ADVSignedDeviceIdentity.decode(answer);
  } catch {
    return undefined; // whatever the decoder stumbled over, it is no identity
  }
}
