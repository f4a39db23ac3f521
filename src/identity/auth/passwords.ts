import { Inject, Injectable } from '@nestjs/common';
import { hash, verify, type Options } from 'argon2';
import { keyedQueue, QueueFull } from '#lib/async';
import { newId } from '#lib/ids';
import { VAULT } from '../../platform/tokens.js';
import type { Vault } from '../../platform/vault.js';
import { Limited } from '../../platform/http/refusals.js';

const kind = 'password';
/**
 * argon2id with the largest of the memory sizes that OWASP recommends: 46 MiB, one pass. The C library returns blocks of more than 32 MiB
 * to the system as soon as they are freed; smaller ones stay with the process, once for each thread that has made a hash.
 */
const cost: Options & { raw: false } = { memoryCost: 47_104, timeCost: 1, parallelism: 1, raw: false };
/** Bounds the memory that hashing takes. */
const maxConcurrentHashes = 2;
const maxWaitingHashes = 100;
const queueFullRetryAfterSeconds = 5;

/** The admins' passwords: stored as argon2id hashes, sealed, outside the log. */
@Injectable()
export class Passwords {
  private readonly hashing = keyedQueue({ maxConcurrent: maxConcurrentHashes, maxWaiting: maxWaitingHashes });
  private decoy: Promise<string> | undefined;

  constructor(@Inject(VAULT) private readonly vault: Vault) {}

  async set(adminId: string, password: string): Promise<void> {
    const hashed = await this.inTurn(() => hash(password, cost));
    await this.vault.secrets.put(kind, adminId, Buffer.from(hashed));
  }

  /** Takes as long where there is no such admin. @throws {Limited} too many are waiting. */
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
    try {
      return await this.hashing.run(newId(), task); // tasks wait for a slot, not for each other
    } catch (error) {
      if (!(error instanceof QueueFull)) throw error;
      throw new Limited('rate_limited', 'Too many logins at once', queueFullRetryAfterSeconds);
    }
  }
}
