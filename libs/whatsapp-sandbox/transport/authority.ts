import { generateKeyPair, SigningKey, type KeyPair } from '#lib/curve25519';
import type { NoiseIdentity } from './noise.js';
import { proto } from './wire.js';

/** Clients require this serial for the issuer of the intermediate certificate. */
const rootSerial = 0;
const intermediateSerial = 1;
const leafSerial = 2;

export type AuthoritySnapshot = {
  readonly root: string;
  readonly staticKey: { readonly [K in keyof KeyPair]: string };
};

/** Replaces WhatsApp's certificate authority. */
export class Authority {
  readonly identity: NoiseIdentity;

  private constructor(
    private readonly root: SigningKey,
    staticKey: KeyPair,
  ) {
    const intermediate = SigningKey.generate();
    const certificate = proto.CertChain.encode({
      intermediate: signed(root, intermediateSerial, rootSerial, intermediate.publicKey),
      leaf: signed(intermediate, leafSerial, intermediateSerial, staticKey.publicKey),
    }).finish();
    this.identity = { staticKey, certificate };
  }

  /** Root key for clients that check signatures. */
  get rootPublicKey(): Buffer {
    return this.root.publicKey;
  }

  static generate = (): Authority => new Authority(SigningKey.generate(), generateKeyPair());

  static restore({ root, staticKey }: AuthoritySnapshot): Authority {
    return new Authority(SigningKey.fromSeed(Buffer.from(root, 'base64')), {
      publicKey: Buffer.from(staticKey.publicKey, 'base64'),
      privateKey: Buffer.from(staticKey.privateKey, 'base64'),
    });
  }

  snapshot(): AuthoritySnapshot {
    const { publicKey, privateKey } = this.identity.staticKey;
    return {
      root: this.root.seed.toString('base64'),
      staticKey: { publicKey: publicKey.toString('base64'), privateKey: privateKey.toString('base64') },
    };
  }
}

function signed(issuer: SigningKey, serial: number, issuerSerial: number, key: Uint8Array) {
  const details = proto.CertChain.NoiseCertificate.Details.encode({ serial, issuerSerial, key }).finish();
  return { details, signature: issuer.sign(details) };
}
