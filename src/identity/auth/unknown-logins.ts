import { Inject, Injectable } from '@nestjs/common';
import { VAULT } from '../../platform/tokens.js';
import type { Vault } from '../../platform/vault.js';
import { noRejections, rejectedAgain, type Rejections } from '../lockout.rules.js';

const kind = 'stranger';
/** As long as rejections count as being in a row, in milliseconds. */
const remembered = 24 * 3600 * 1000;

/**
 * Counts rejected logins with email addresses that no admin has, and locks them out as it would an admin: an answer does not tell who is
 * one. Kept outside of the log, which strangers must not fill.
 */
@Injectable()
export class UnknownLogins {
  constructor(@Inject(VAULT) private readonly vault: Vault) {}

  /** @throws {LockedOut} */
  async reject(emailKey: string, at: string): Promise<void> {
    const { secrets } = this.vault;
    const until = new Date(Date.parse(at) + remembered).toISOString();
    for (;;) {
      const known = await secrets.get(kind, emailKey);
      const before = known ? (JSON.parse(known.bytes.toString()) as Rejections) : noRejections;
      const bytes = Buffer.from(JSON.stringify(rejectedAgain(before, at)));
      const isNoted = known
        ? await secrets.replace(kind, emailKey, known.revision, bytes, until)
        : await secrets.add(kind, emailKey, bytes, until);
      if (isNoted) return;
    }
  }
}
