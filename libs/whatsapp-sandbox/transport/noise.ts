import { createSecretKey, type KeyObject } from 'node:crypto';
import { agree, generateKeyPair, type KeyPair } from '../crypto/curve.js';
import { gcmDecrypt, gcmEncrypt, hkdfSha256, sha256 } from '../crypto/cipher.js';
import { PROLOGUE } from './frames.js';

const PROTOCOL = Buffer.from('Noise_XX_25519_AESGCM_SHA256\0\0\0\0');
const NOTHING = Buffer.alloc(0);

/** The long-lived half of the server: its static key and the certificate chain that vouches for it. */
export type NoiseIdentity = { readonly staticKey: KeyPair; readonly certificate: Uint8Array };

/** Counts up from 0. What it returns is the same memory each time. */
class CountingIv {
  readonly #iv = Buffer.alloc(12);
  #count = 0;

  next(): Buffer {
    this.#iv.writeUInt32BE(this.#count++, 8);
    return this.#iv;
  }
}

/** The server's side of the Noise XX handshake as WhatsApp speaks it. Each step may be taken once, in order. */
export class NoiseResponder {
  readonly #ephemeral = generateKeyPair();
  #hash: Buffer = PROTOCOL;
  #salt: Buffer = PROTOCOL;
  #key: Buffer = PROTOCOL;
  #iv = new CountingIv();

  constructor(private readonly identity: NoiseIdentity) {
    this.#authenticate(PROLOGUE);
  }

  /** Answers the client's ephemeral key with the fields of the server's hello. */
  hello(clientEphemeral: Uint8Array): { ephemeral: Buffer; static: Buffer; payload: Buffer } {
    this.#authenticate(clientEphemeral);
    this.#authenticate(this.#ephemeral.publicKey);
    this.#mix(agree(this.#ephemeral.privateKey, clientEphemeral));
    const sealedStatic = this.#seal(this.identity.staticKey.publicKey);
    this.#mix(agree(this.identity.staticKey.privateKey, clientEphemeral));
    return {
      ephemeral: this.#ephemeral.publicKey,
      static: sealedStatic,
      payload: this.#seal(this.identity.certificate),
    };
  }

  /** Opens the client's finish. Throws when it was not made for this handshake. */
  finish(sealedStatic: Uint8Array, sealedPayload: Uint8Array): { clientStatic: Buffer; payload: Buffer } {
    const clientStatic = this.#open(sealedStatic);
    this.#mix(agree(this.#ephemeral.privateKey, clientStatic));
    return { clientStatic, payload: this.#open(sealedPayload) };
  }

  /** The keys for everything that follows. */
  transport(): TransportCipher {
    const keys = hkdfSha256(NOTHING, 64, this.#salt);
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

  #seal(plaintext: Uint8Array): Buffer {
    const sealed = gcmEncrypt(this.#key, this.#iv.next(), plaintext, this.#hash);
    this.#authenticate(sealed);
    return sealed;
  }

  #open(sealed: Uint8Array): Buffer {
    const plaintext = gcmDecrypt(this.#key, this.#iv.next(), sealed, this.#hash);
    this.#authenticate(sealed);
    return plaintext;
  }
}

/** Encrypts and decrypts frames after the handshake, each direction with its own counter. */
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
  decrypt = (sealed: Uint8Array): Buffer => gcmDecrypt(this.#readKey, this.#read.next(), sealed);
}
