import { randomBytes, randomInt } from 'node:crypto';
import { cbcDecrypt, cbcEncrypt, hkdfSha256, hmacSha256 } from '../crypto/cipher.js';
import { SigningKey, verifySignature } from '#lib/curve25519';
import { proto } from '../transport/wire.js';

/** Position in a chain of keys, one per message, that can only be advanced. */
type Chain = { readonly iteration: number; readonly key: Buffer };

export type OwnSenderKeySnapshot = {
  readonly id: number;
  readonly iteration: number;
  readonly chainKey: string;
  readonly seed: string;
};
export type TheirSenderKeySnapshot = {
  readonly id: number;
  readonly iteration: number;
  readonly chainKey: string;
  readonly signingKey: string;
  readonly skipped: readonly (readonly [iteration: number, secret: string])[];
};

/** Current and minimum protocol version, both 3. */
const versionByte = Buffer.from([0x33]);
const signatureBytes = 64;
const maxKeyId = 2 ** 31 - 1;
const djbKeyType = Buffer.from([5]);
/** How far ahead a message may be, and how many keys of skipped messages are kept. */
const maxSkippedMessages = 2_000;

const messageKeySeed = Buffer.from([1]);
const chainKeySeed = Buffer.from([2]);
const emptySalt = Buffer.alloc(32);
const base64 = (bytes: Buffer): string => bytes.toString('base64');

const messageSecret = ({ key }: Chain): Buffer => hmacSha256(key, messageKeySeed);
const next = ({ iteration, key }: Chain): Chain => ({ iteration: iteration + 1, key: hmacSha256(key, chainKeySeed) });

function messageKey(secret: Buffer): { iv: Buffer; key: Buffer } {
  const bytes = hkdfSha256(secret, 48, emptySalt, 'WhisperGroup');
  return { iv: bytes.subarray(0, 16), key: bytes.subarray(16) };
}

/** The key with which a phone encrypts and signs its messages to a group. */
export class OwnSenderKey {
  private constructor(
    private readonly id: number,
    private readonly signer: SigningKey,
    private chain: Chain,
  ) {}

  static generate = (): OwnSenderKey =>
    new OwnSenderKey(randomInt(maxKeyId), SigningKey.generate(), { iteration: 0, key: randomBytes(32) });

  static restore = ({ id, seed, iteration, chainKey }: OwnSenderKeySnapshot): OwnSenderKey =>
    new OwnSenderKey(id, SigningKey.fromSeed(Buffer.from(seed, 'base64')), {
      iteration,
      key: Buffer.from(chainKey, 'base64'),
    });

  /** The distribution message: it decrypts this sender's messages from now on, but no earlier ones. */
  distribution(): Buffer {
    const { iteration, key } = this.chain;
    const signingKey = Buffer.concat([djbKeyType, this.signer.publicKey]);
    const body = proto.SenderKeyDistributionMessage.encode({ id: this.id, iteration, chainKey: key, signingKey });
    return Buffer.concat([versionByte, body.finish()]);
  }

  encrypt(plaintext: Uint8Array): Buffer {
    const { iv, key } = messageKey(messageSecret(this.chain));
    const { iteration } = this.chain;
    const ciphertext = cbcEncrypt(key, iv, plaintext);
    const body = proto.SenderKeyMessage.encode({ id: this.id, iteration, ciphertext }).finish();
    const signed = Buffer.concat([versionByte, body]);
    this.chain = next(this.chain);
    return Buffer.concat([signed, this.signer.sign(signed)]);
  }

  snapshot(): OwnSenderKeySnapshot {
    const { iteration, key } = this.chain;
    return { id: this.id, iteration, chainKey: base64(key), seed: base64(this.signer.seed) };
  }
}

/** The key that decrypts the messages of one device to one group. */
export class TheirSenderKey {
  private constructor(
    readonly id: number,
    private readonly signingKey: Buffer,
    private chain: Chain,
    /** Keys of messages that have not arrived although later ones have. */
    private readonly skipped = new Map<number, Buffer>(),
  ) {}

  /** Throws if the distribution message is malformed. */
  static read(distribution: Uint8Array): TheirSenderKey {
    const { id, iteration, chainKey, signingKey } = proto.SenderKeyDistributionMessage.decode(distribution.subarray(1));
    if (chainKey?.length !== 32 || signingKey?.length !== 33) throw new Error('malformed sender key');
    const chain = { iteration: iteration ?? 0, key: Buffer.from(chainKey) };
    return new TheirSenderKey(id ?? 0, Buffer.from(signingKey).subarray(1), chain);
  }

  static restore({ id, signingKey, iteration, chainKey, skipped }: TheirSenderKeySnapshot): TheirSenderKey {
    const keys = skipped.map(([at, secret]) => [at, Buffer.from(secret, 'base64')] as const);
    const chain = { iteration, key: Buffer.from(chainKey, 'base64') };
    return new TheirSenderKey(id, Buffer.from(signingKey, 'base64'), chain, new Map(keys));
  }

  /** Id of the key that a message was encrypted with. */
  static idOf = (message: Uint8Array): number => parse(message).id;

  /** Whether it decrypts everything that the other one decrypts. */
  includes(other: TheirSenderKey): boolean {
    const same = this.id === other.id && this.signingKey.equals(other.signingKey);
    return same && this.chain.iteration <= other.chain.iteration;
  }

  /** Throws if the signature is invalid or the message was decrypted before; the state is unchanged then. */
  decrypt(message: Uint8Array): Buffer {
    const { iteration, ciphertext, signed, signature } = parse(message);
    if (!verifySignature(this.signingKey, signed, signature))
      throw new Error('group message with an invalid signature');
    const skippedKey = this.skipped.get(iteration);
    if (skippedKey) {
      const plaintext = decryptWith(skippedKey, ciphertext);
      this.skipped.delete(iteration);
      return plaintext;
    }
    const { chain, passed } = this.#advanceTo(iteration);
    const plaintext = decryptWith(messageSecret(chain), ciphertext);
    for (const [at, secret] of passed) this.skipped.set(at, secret);
    for (const at of this.skipped.keys()) if (this.skipped.size > maxSkippedMessages) this.skipped.delete(at);
    this.chain = next(chain);
    return plaintext;
  }

  snapshot(): TheirSenderKeySnapshot {
    const { iteration, key } = this.chain;
    const skipped = [...this.skipped].map(([at, secret]) => [at, base64(secret)] as const);
    return { id: this.id, iteration, chainKey: base64(key), signingKey: base64(this.signingKey), skipped };
  }

  #advanceTo(iteration: number): { chain: Chain; passed: [number, Buffer][] } {
    let { chain } = this;
    if (iteration < chain.iteration) throw new Error('group message was decrypted before');
    if (iteration - chain.iteration > maxSkippedMessages) throw new Error('group message is too far ahead');
    const passed: [number, Buffer][] = [];
    for (; chain.iteration < iteration; chain = next(chain)) passed.push([chain.iteration, messageSecret(chain)]);
    return { chain, passed };
  }
}

function decryptWith(secret: Buffer, ciphertext: Uint8Array): Buffer {
  const { iv, key } = messageKey(secret);
  return cbcDecrypt(key, iv, ciphertext);
}

function parse(message: Uint8Array) {
  const signed = message.subarray(0, -signatureBytes);
  const { id, iteration, ciphertext } = proto.SenderKeyMessage.decode(signed.subarray(1));
  return {
    id: id ?? 0,
    iteration: iteration ?? 0,
    ciphertext: ciphertext ?? Buffer.alloc(0),
    signed,
    signature: message.subarray(-signatureBytes),
  };
}
