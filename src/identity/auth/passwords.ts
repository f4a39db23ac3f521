import { Inject, Injectable } from '@nestjs/common';
import { hash, verify, type Options } from 'argon2';
import { VAULT } from '../../platform/tokens.js';
import type { Vault } from '../../platform/vault.js';
import { Limited } from '../../platform/http/refusals.js';

const kind = 'password';
/**
 * argon2id with the largest of the memory sizes that OWASP recommends: 46 MiB, one pass. The C library returns blocks of more than 32 MiB
 * to the system as soon as they are freed; smaller ones stay with the process, once for each thread that has made a hash.
 */
const cost: Options & { raw: false } = { memoryCost: 47_104, timeCost: 1, parallelism: 1, raw: false };
/** Each hash takes its memory: so many are made at once, and so many may wait. */
const atOnce = 2;
const mostWaiting = 100;

/** The admins' passwords: kept as argon2id hashes, sealed, outside of the log. */
@Injectable()
export class Passwords {
  private readonly waiting: (() => void)[] = [];
  private busy = 0;
  private decoy: Promise<string> | undefined;

  constructor(@Inject(VAULT) private readonly vault: Vault) {}

  async set(adminId: string, password: string): Promise<void> {
    const hashed = await this.inTurn(() => hash(password, cost));
    await this.vault.secrets.put(kind, adminId, Buffer.from(hashed));
  }

  /** Takes as long where there is no such admin. @throws {Limited} too many are waiting for an answer. */
  async matches(adminId: string | undefined, password: string): Promise<boolean> {
    const stored = await this.vault.secrets.get(kind, adminId ?? 'nobody');
    const expected = stored?.bytes.toString() ?? (await (this.decoy ??= hash('nobody', cost)));
    const isRight = await this.inTurn(() => verify(expected, password));
    return isRight && stored !== undefined;
  }

  async forget(adminId: string): Promise<void> {
    await this.vault.secrets.remove(kind, adminId);
  }

  private async inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.waiting.length >= mostWaiting) throw new Limited('rate_limited', 'Too many log in at once', 5);
    if (this.busy >= atOnce) await new Promise<void>((resolve) => void this.waiting.push(resolve));
    else this.busy += 1;
    try {
      return await task();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.busy -= 1;
    }
  }
}
