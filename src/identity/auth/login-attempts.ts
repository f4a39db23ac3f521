import { Inject, Injectable } from '@nestjs/common';
import { keyedQueue } from '#lib/async';
import type { RequestCounters } from '#lib/request-counters';
import { keyedHash, type KeyedHash, type Secret } from '#lib/vault';
import { Limited } from '../../platform/http/refusals.js';
import { COUNTERS, VAULT } from '../../platform/tokens.js';
import type { Vault } from '../../platform/vault.js';
import { lockedForSeconds, noRejections, rejectedAgain, rejectionMemoryMs, type Rejections } from '../lockout.rules.js';

const kind = 'login-attempts';
const maxFailuresPerMinute = 30;
const minuteMs = 60_000;
const counterKey = (client: string): string => `login-failures:${client}`;
const maxWaitingPerClient = 10;
const tooManyWaitingRetryAfterSeconds = 5;

/** The account that a client says is its own (a keyed hash of the email address), and the client's address. */
export type LoginAttempt = { readonly emailKey: string; readonly client: string };

/**
 * Counts failed logins per account and client: a client that fails too often is locked out of that account, and nobody else is. The same
 * whether the account exists or not. Stored beside the log, which strangers must not fill.
 */
@Injectable()
export class LoginAttempts {
  private readonly hash: KeyedHash;
  /** One attempt per client at a time, so that parallel ones are counted like any others. */
  private readonly byClient = keyedQueue();
  private readonly waiting = new Map<string, number>();

  constructor(
    @Inject(VAULT) private readonly vault: Vault,
    @Inject(COUNTERS) private readonly counters: RequestCounters,
  ) {
    this.hash = keyedHash(vault.key, kind);
  }

  /**
   * Asks whether a password is right, unless the client is locked out. `lockedUntil` follows from a wrong one.
   * @throws {Limited} `locked_out`; `rate_limited` where the client fails too often on any accounts, or has too many attempts waiting
   */
  async make(
    { emailKey, client }: LoginAttempt,
    isRight: () => Promise<boolean>,
  ): Promise<{ readonly isRight: boolean; readonly lockedUntil: string | null }> {
    return this.inTurn(client, async () => {
      await this.refuseWhileLimited(client);
      const id = `${this.accountId(emailKey)}-${this.hash.of(`${emailKey} ${client}`).toString('hex')}`;
      refuseWhileLocked(rejectionsIn(await this.vault.secrets.get(kind, id)));
      if (await isRight()) {
        await this.vault.secrets.remove(kind, id);
        return { isRight: true, lockedUntil: null };
      }
      await this.counters.increment(counterKey(client), minuteMs, maxFailuresPerMinute); // refused at the next attempt
      return { isRight: false, lockedUntil: (await this.reject(id)).lockedUntil };
    });
  }

  /** Ends the lockouts of all clients from an account, and answers how many there were. */
  async forgive(emailKey: string): Promise<number> {
    const { secrets } = this.vault;
    const account = `${this.accountId(emailKey)}-`;
    const counted = (await secrets.list(kind)).filter(({ id }) => id.startsWith(account));
    for (const { id } of counted) await secrets.remove(kind, id);
    return counted.length;
  }

  private accountId(emailKey: string): string {
    return this.hash.of(emailKey).toString('hex', 0, 16);
  }

  private async inTurn<Result>(client: string, attempt: () => Promise<Result>): Promise<Result> {
    const waiting = this.waiting.get(client) ?? 0;
    if (waiting >= maxWaitingPerClient) {
      throw new Limited('rate_limited', 'Too many logins at once', tooManyWaitingRetryAfterSeconds);
    }
    this.waiting.set(client, waiting + 1);
    try {
      return await this.byClient.run(client, attempt);
    } finally {
      const left = (this.waiting.get(client) ?? 1) - 1;
      if (left === 0) this.waiting.delete(client);
      else this.waiting.set(client, left);
    }
  }

  private async refuseWhileLimited(client: string): Promise<void> {
    const { totalHits, timeToExpire } = await this.counters.counted(counterKey(client));
    if (totalHits < maxFailuresPerMinute) return;
    const retryAfter = Math.max(1, timeToExpire);
    throw new Limited('rate_limited', 'Too many failed logins from this address', retryAfter);
  }

  private async reject(id: string): Promise<Rejections> {
    const { secrets } = this.vault;
    for (;;) {
      const known = await secrets.get(kind, id);
      const at = new Date().toISOString();
      const rejections = rejectedAgain(rejectionsIn(known), at);
      const bytes = Buffer.from(JSON.stringify(rejections));
      const expiresAt = new Date(Date.parse(at) + rejectionMemoryMs).toISOString();
      const isStored = known
        ? await secrets.replace(kind, id, known.revision, bytes, expiresAt)
        : await secrets.add(kind, id, bytes, expiresAt);
      if (isStored) return rejections;
    }
  }
}

const rejectionsIn = (stored: Secret | undefined): Rejections =>
  stored ? (JSON.parse(stored.bytes.toString()) as Rejections) : noRejections;

const refuseWhileLocked = (rejections: Rejections): void => {
  const seconds = lockedForSeconds(rejections, new Date().toISOString());
  if (seconds === 0) return;
  throw new Limited('locked_out', `Too many failed logins: locked out until ${rejections.lockedUntil}`, seconds);
};
