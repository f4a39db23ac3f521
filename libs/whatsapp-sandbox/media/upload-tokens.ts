import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Upload token in media_conn; `ttl` is in seconds. */
export type MediaAuth = { readonly auth: string; readonly ttl: number };

const nonceBytes = 12;
const expiryBytes = 6;

/** Issues and verifies upload tokens. Tokens carry a MAC, so that none needs to be stored. */
export class UploadTokens {
  constructor(private readonly secret: Uint8Array) {}

  issue(ttl: number): MediaAuth {
    const claim = Buffer.alloc(expiryBytes + nonceBytes);
    claim.writeUIntBE(Date.now() + ttl * 1000, 0, expiryBytes);
    randomBytes(nonceBytes).copy(claim, expiryBytes);
    return { auth: Buffer.concat([claim, this.#mac(claim)]).toString('base64url'), ttl };
  }

  /** False for tokens that were not issued here or have expired. */
  accepts(auth: string): boolean {
    const bytes = Buffer.from(auth, 'base64url');
    const claim = bytes.subarray(0, expiryBytes + nonceBytes);
    const mac = bytes.subarray(claim.length);
    const expected = this.#mac(claim);
    if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) return false;
    return claim.readUIntBE(0, expiryBytes) > Date.now();
  }

  #mac(claim: Uint8Array): Buffer {
    return createHmac('sha256', this.secret).update(claim).digest();
  }
}
