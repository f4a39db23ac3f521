import { gcmDecrypt, gcmEncrypt, hkdfSha256, sha256 } from '../../../libs/whatsapp-sandbox/crypto/cipher.js';
import { agree, generateKeyPair, type KeyPair } from '#lib/curve25519';
import { prologue } from '../../../libs/whatsapp-sandbox/transport/frames.js';
import { proto } from '../../../libs/whatsapp-sandbox/transport/wire.js';

const protocolName = Buffer.from('Noise_XX_25519_AESGCM_SHA256\0\0\0\0');

const ivOf = (counter: number): Buffer => {
  const iv = Buffer.alloc(12);
  iv.writeUInt32BE(counter, 8);
  return iv;
};

/** The client's side of the handshake, in steps that a hostile client can skip or modify. */
export class Initiator {
  readonly #ephemeral = generateKeyPair();
  #hash: Buffer = protocolName;
  #salt: Buffer = protocolName;
  #key: Buffer = protocolName;
  #counter = 0;

  constructor() {
    this.#authenticate(prologue);
  }

  hello(): Uint8Array {
    const { publicKey: ephemeral } = this.#ephemeral;
    this.#authenticate(ephemeral);
    return proto.HandshakeMessage.encode({ clientHello: { ephemeral } }).finish();
  }

  /** Does not verify the certificate of the server. */
  finish(serverHello: Uint8Array, noiseKey: KeyPair, payload: Uint8Array): Uint8Array {
    const {
      ephemeral,
      static: sealedStatic,
      payload: certificate,
    } = proto.HandshakeMessage.decode(serverHello).serverHello!;
    this.#authenticate(ephemeral!);
    this.#mix(agree(this.#ephemeral.privateKey, ephemeral!));
    const serverStatic = this.#open(sealedStatic!);
    this.#mix(agree(this.#ephemeral.privateKey, serverStatic));
    this.#open(certificate!);
    const sealedKey = this.#seal(noiseKey.publicKey);
    this.#mix(agree(noiseKey.privateKey, ephemeral!));
    const clientFinish = { static: sealedKey, payload: this.#seal(payload) };
    return proto.HandshakeMessage.encode({ clientFinish }).finish();
  }

  /** The cipher for the frames after the handshake. */
  transport() {
    const keys = hkdfSha256(Buffer.alloc(0), 64, this.#salt);
    const [outward, inward] = [keys.subarray(0, 32), keys.subarray(32)];
    let [written, read] = [0, 0];
    return {
      seal: (plain: Uint8Array): Buffer => gcmEncrypt(outward, ivOf(written++), plain),
      open: (sealed: Uint8Array): Buffer => gcmDecrypt(inward, ivOf(read++), sealed),
    };
  }

  #authenticate(data: Uint8Array): void {
    this.#hash = sha256(this.#hash, data);
  }

  #mix(secret: Uint8Array): void {
    const keys = hkdfSha256(secret, 64, this.#salt);
    this.#salt = keys.subarray(0, 32);
    this.#key = keys.subarray(32);
    this.#counter = 0;
  }

  #seal(plain: Uint8Array): Buffer {
    const sealed = gcmEncrypt(this.#key, ivOf(this.#counter++), plain, this.#hash);
    this.#authenticate(sealed);
    return sealed;
  }

  #open(sealed: Uint8Array): Buffer {
    const plain = gcmDecrypt(this.#key, ivOf(this.#counter++), sealed, this.#hash);
    this.#authenticate(sealed);
    return plain;
  }
}
