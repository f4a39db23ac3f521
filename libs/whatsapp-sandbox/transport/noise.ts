import { createSecretKey, type KeyObject } from 'node:crypto';
import { agree, generateKeyPair, type KeyPair } from '#lib/curve25519';
import { gcmDecrypt, gcmEncrypt, hkdfSha256, sha256 } from '../crypto/cipher.js';
import { prologue } from './frames.js';

const protocolName = Buffer.from('Noise_XX_25519_AESGCM_SHA256\0\0\0\0');
const empty = Buffer.alloc(0);

/** The static key of the server and its certificate chain. */
export type NoiseIdentity = { readonly staticKey: KeyPair; readonly certificate: Uint8Array };

/** Counts up from 0. Returns the same buffer each time. */
class CountingIv {
  readonly #iv = Buffer.alloc(12);
  #count = 0;

  next(): Buffer {
    this.#iv.writeUInt32BE(this.#count++, 8);
    return this.#iv;
  }
}

/** The server's side of WhatsApp's Noise XX handshake. Each step must be called once, in order. */
export class NoiseResponder {
  readonly #ephemeral = generateKeyPair();
  #hash: Buffer = protocolName;
  #salt: Buffer = protocolName;
  #key: Buffer = protocolName;
  #iv = new CountingIv();

  constructor(private readonly identity: NoiseIdentity) {
    this.#authenticate(prologue);
  }

  /** Returns the fields of the server hello for the client's ephemeral key. */
  hello(clientEphemeral: Uint8Array): { ephemeral: Buffer; static: Buffer; payload: Buffer } {
    this.#authenticate(clientEphemeral);
    this.#authenticate(this.#ephemeral.publicKey);
    this.#mix(agree(this.#ephemeral.privateKey, clientEphemeral));
    const encryptedStatic = this.#encrypt(this.identity.staticKey.publicKey);
    this.#mix(agree(this.identity.staticKey.privateKey, clientEphemeral));
    return {
      ephemeral: this.#ephemeral.publicKey,
      static: encryptedStatic,
      payload: this.#encrypt(this.identity.certificate),
    };
  }

  /** Decrypts the client finish. Throws if it belongs to another handshake. */
  finish(encryptedStatic: Uint8Array, encryptedPayload: Uint8Array): { clientStatic: Buffer; payload: Buffer } {
    const clientStatic = this.#decrypt(encryptedStatic);
    this.#mix(agree(this.#ephemeral.privateKey, clientStatic));
    return { clientStatic, payload: this.#decrypt(encryptedPayload) };
  }

  /** The cipher for the frames after the handshake. */
  transport(): TransportCipher {
    const keys = hkdfSha256(empty, 64, this.#salt);
    return new TransportCipher(keys.subarray(0, 32), keys.subarray(32));
  }

  #authenticate(data: Uint8Array): void {
    this.#hash = sha256(this.#hash, data);
  }

  #mix(secret: Uint8Array): void {
    const keys = hkdfSha256(secret, 64, this.#salt);
    this.#salt = keys.subarray(0, 32);
    this.#key = keys.subarray(32);
    this.#iv = new CountingIv();
  }

  #encrypt(plaintext: Uint8Array): Buffer {
    const ciphertext = gcmEncrypt(this.#key, this.#iv.next(), plaintext, this.#hash);
    this.#authenticate(ciphertext);
    return ciphertext;
  }

  #decrypt(ciphertext: Uint8Array): Buffer {
    const plaintext = gcmDecrypt(this.#key, this.#iv.next(), ciphertext, this.#hash);
    this.#authenticate(ciphertext);
    return plaintext;
  }
}

/** Encrypts and decrypts frames after the handshake, with a counter per direction. */
export class TransportCipher {
  readonly #read = new CountingIv();
  readonly #written = new CountingIv();
  readonly #readKey: KeyObject;
  readonly #writeKey: KeyObject;

  constructor(clientToServer: Buffer, serverToClient: Buffer) {
    this.#readKey = createSecretKey(clientToServer);
    this.#writeKey = createSecretKey(serverToClient);
  }

  encrypt = (plaintext: Uint8Array): Buffer => gcmEncrypt(this.#writeKey, this.#written.next(), plaintext);
  decrypt = (ciphertext: Uint8Array): Buffer => gcmDecrypt(this.#readKey, this.#read.next(), ciphertext);
}
