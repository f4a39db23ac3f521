import { Inject, Injectable } from '@nestjs/common';
import { keyedHash, type KeyedHash } from '#lib/vault';
import { VAULT } from '../../platform/tokens.js';
import type { Vault } from '../../platform/vault.js';

/** Names for email addresses that tell nothing to whom has not the master key. */
@Injectable()
export class EmailKeys {
  private readonly hash: KeyedHash;

  constructor(@Inject(VAULT) { key }: Vault) {
    this.hash = keyedHash(key, 'email');
  }

  /** An address may be an admin's and a user's at once: each kind of account has names of its own. */
  of(kind: 'admin' | 'user', email: string): string {
    return this.hash.of(`${kind} ${email.toLowerCase()}`).toString('hex');
  }
}
