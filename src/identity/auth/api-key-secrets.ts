import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { keyedHash, type KeyedHash } from '#lib/vault';
import { VAULT } from '../../platform/tokens.js';
import type { Vault } from '../../platform/vault.js';

const shape = /^wb_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_[\w-]{43}$/;
const noHash = Buffer.alloc(32);

/** The format of API keys, and how they are verified: only a keyed hash is stored. */
@Injectable()
export class ApiKeySecrets {
  private readonly hash: KeyedHash;

  constructor(@Inject(VAULT) { key }: Vault) {
    this.hash = keyedHash(key, 'api-key');
  }

  /** A new secret of 256 random bits, and the hash to store. */
  make(keyId: string): { readonly secret: string; readonly secretHash: string } {
    const secret = `wb_${keyId}_${randomBytes(32).toString('base64url')}`;
    return { secret, secretHash: this.hash.of(secret).toString('hex') };
  }

  keyIdOf(given: string): string | undefined {
    return shape.exec(given)?.[1];
  }

  /** Takes as long where there is no hash to compare with. */
  matches(given: string, hash: Buffer | undefined): boolean {
    return this.hash.matches(given, hash ?? noHash) && hash !== undefined;
  }
}
