import { Inject, Injectable } from '@nestjs/common';
import { keyedHash, type KeyedHash } from '#lib/vault';
import { VAULT } from '../../platform/tokens.js';
import type { Vault } from '../../platform/vault.js';

/** Keyed hashes of email addresses: without the master key they reveal nothing. */
@Injectable()
export class EmailKeys {
  private readonly hash: KeyedHash;

  constructor(@Inject(VAULT) { key }: Vault) {
    this.hash = keyedHash(key, 'email');
  }

  /** An admin and a user may have the same address: each kind of account has its own keys. */
  of(kind: 'admin' | 'user', email: string): string {
    return this.hash.of(`${kind} ${email.toLowerCase()}`).toString('hex');
  }
}
