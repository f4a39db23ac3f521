import {
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  randomBytes,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';

/** An X25519 key pair of 32 raw bytes each. */
export type KeyPair = { readonly publicKey: Buffer; readonly privateKey: Buffer };

const signBit = 0x80;

type Curve = 'X25519' | 'Ed25519';

/** What stands before the key in PKCS #8 (RFC 8410). */
const pkcs8: Record<Curve, Buffer> = {
  X25519: Buffer.from('302e020100300506032b656e04220420', 'hex'),
  Ed25519: Buffer.from('302e020100300506032b657004220420', 'hex'),
};

const fromJwk = (crv: Curve, raw: Uint8Array): KeyObject =>
  createPrivateKey({ key: { kty: 'OKP', crv, d: Buffer.from(raw).toString('base64url'), x: '' }, format: 'jwk' });
const fromPkcs8 = (crv: Curve, raw: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([pkcs8[crv], raw]), format: 'der', type: 'pkcs8' });

/** Before version 24, Node does not compare the public part of a JWK, which is not known here. */
const needsPublicPart = (): boolean => {
  try {
    fromJwk('X25519', randomBytes(32));
    return false;
  } catch {
    return true;
  }
};

/** Version 20 reads PKCS #8 fifteen times slower than a JWK. */
const privateKeyObject = needsPublicPart() ? fromPkcs8 : fromJwk;
const publicKeyObject = (crv: Curve, raw: Uint8Array): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv, x: Buffer.from(raw).toString('base64url') }, format: 'jwk' });
const rawKey = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url');
const rawPublic = (key: KeyObject): Buffer => rawKey(key.export({ format: 'jwk' }).x);

/**
 * Generates an X25519 key pair. Avoids `generateKeyPairSync`: on Node 20 the process hangs if garbage collection runs while such a
 * key is exported, about once in ten thousand keys.
 */
export function generateKeyPair(): KeyPair {
  const privateKey = clamp(randomBytes(32));
  return { publicKey: rawPublic(privateKeyObject('X25519', privateKey)), privateKey };
}

/** Turns 32 random bytes into a private key (RFC 7748). */
function clamp(bytes: Buffer): Buffer {
  bytes[0] = (bytes[0] ?? 0) & 0xf8;
  bytes[31] = ((bytes[31] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

/** X25519 key agreement. Throws if the shared secret is all zero. */
export const agree = (privateKey: Uint8Array, publicKey: Uint8Array): Buffer =>
  diffieHellman({
    privateKey: privateKeyObject('X25519', privateKey),
    publicKey: publicKeyObject('X25519', publicKey),
  });

/**
 * A key pair for X25519 agreement and XEdDSA signatures, derived from an Ed25519 seed. The Ed25519 scalar is the X25519 private
 * key, so that Node's native Ed25519 can sign.
 */
export class SigningKey implements KeyPair {
  readonly publicKey: Buffer;
  readonly privateKey: Buffer;
  readonly #signer: KeyObject;
  readonly #signBit: number;

  private constructor(readonly seed: Buffer) {
    this.#signer = privateKeyObject('Ed25519', seed);
    this.#signBit = (rawPublic(this.#signer)[31] ?? 0) & signBit;
    this.privateKey = clamp(createHash('sha512').update(seed).digest().subarray(0, 32));
    this.publicKey = rawPublic(privateKeyObject('X25519', this.privateKey));
  }

  static generate = (): SigningKey => new SigningKey(randomBytes(32));
  static fromSeed = (seed: Uint8Array): SigningKey => new SigningKey(Buffer.from(seed));

  /** A 64-byte signature that any XEdDSA implementation can verify with `publicKey`. */
  sign(message: Uint8Array): Buffer {
    const signature = sign(null, message, this.#signer);
    signature[63] = (signature[63] ?? 0) | this.#signBit;
    return signature;
  }
}

/** Verifies an XEdDSA signature with an X25519 public key. False for malformed input. */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const edwards = montgomeryToEdwards(publicKey);
  if (edwards === undefined) return false;
  const last = signature[63] ?? 0;
  edwards[31] = (edwards[31] ?? 0) | (last & signBit);
  const plain = Buffer.from(signature);
  plain[63] = last & ~signBit;
  return verify(null, message, publicKeyObject('Ed25519', edwards), plain);
}

const fieldPrime = 2n ** 255n - 19n;

/** Converts a Montgomery u to an Edwards y: y = (u - 1) / (u + 1). Undefined for u = -1. */
function montgomeryToEdwards(publicKey: Uint8Array): Buffer | undefined {
  const u = BigInt(`0x${Buffer.from(publicKey).reverse().toString('hex')}`) & (2n ** 255n - 1n);
  const denominator = (u + 1n) % fieldPrime;
  if (denominator === 0n) return undefined;
  const y = ((((u - 1n + fieldPrime) % fieldPrime) * inverse(denominator)) % fieldPrime).toString(16).padStart(64, '0');
  return Buffer.from(y, 'hex').reverse();
}

/** Extended Euclidean algorithm; several times faster than exponentiation by p - 2. */
function inverse(value: bigint): bigint {
  let [r0, r1, t0, t1] = [fieldPrime, value, 0n, 1n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1, t0, t1] = [r1, r0 - q * r1, t1, t0 - q * t1];
  }
  return t0 < 0n ? t0 + fieldPrime : t0;
}
