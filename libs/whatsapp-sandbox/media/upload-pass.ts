import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What media_conn gives out; `ttl` is in seconds. */
export type MediaAuth = { readonly auth: string; readonly ttl: number };

const NONCE_BYTES = 12;
const EXPIRY_BYTES = 6;

/** Gives out upload permits and knows them again by their seal, so that it has nothing to remember. */
export class UploadPass {
  constructor(private readonly secret: Uint8Array) {}

  issue(ttl: number): MediaAuth {
    const claim = Buffer.alloc(EXPIRY_BYTES + NONCE_BYTES);
    claim.writeUIntBE(Date.now() + ttl * 1000, 0, EXPIRY_BYTES);
    randomBytes(NONCE_BYTES).copy(claim, EXPIRY_BYTES);
    return { auth: Buffer.concat([claim, this.#seal(claim)]).toString('base64url'), ttl };
  }

  /** False for what was never given out and for what has expired. */
  accepts(auth: string): boolean {
    const bytes = Buffer.from(auth, 'base64url');
    const claim = bytes.subarray(0, EXPIRY_BYTES + NONCE_BYTES);
    const seal = bytes.subarray(claim.length);
    const expected = this.#seal(claim);
    if (seal.length !== expected.length || !timingSafeEqual(seal, expected)) return false;
    return claim.readUIntBE(0, EXPIRY_BYTES) > Date.now();
  }

  #seal(claim: Uint8Array): Buffer {
    return createHmac('sha256', this.secret).update(claim).digest();
  }
}
