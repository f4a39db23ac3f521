import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import { LOG, VAULT } from '../../platform/tokens.js';
import type { Vault } from '../../platform/vault.js';

const kind = 'key-use';
/** Uses of a key that lie closer together are stored together. */
const writeIntervalMs = 60_000;
const writeCheckIntervalMs = 10_000;

type Use = { usedAt: number; isStored: boolean; nextWriteAtMs: number };

/**
 * When each API key was last used. Kept in memory and stored beside the log, at most once a minute per key and when the service stops:
 * a process that is killed loses the last minute.
 */
@Injectable()
export class KeyUses implements OnModuleInit, BeforeApplicationShutdown {
  private readonly uses = new Map<string, Use>();
  private checking: NodeJS.Timeout | undefined;

  constructor(
    @Inject(VAULT) private readonly vault: Vault,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.checking = setInterval(() => void this.store(isDue), writeCheckIntervalMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.checking);
    await this.store(() => true);
  }

  /** `at`: milliseconds since 1970. Costs a request no waiting, and never fails it. */
  note(keyId: string, at: number): void {
    const use = this.uses.get(keyId) ?? { usedAt: at, isStored: false, nextWriteAtMs: 0 };
    Object.assign(use, { usedAt: at, isStored: false });
    this.uses.set(keyId, use);
    if (isDue(use)) void this.write(keyId, use);
  }

  /** ISO 8601; null where a key was never used. Other processes' uses are seen once they are stored. @throws {SecretsUnavailable} */
  async lastUsedAt(keyId: string): Promise<string | null> {
    const stored = await this.vault.secrets.get(kind, keyId);
    const times = [this.uses.get(keyId)?.usedAt ?? 0, stored ? Date.parse(stored.bytes.toString()) : 0];
    const last = Math.max(...times);
    return last === 0 ? null : new Date(last).toISOString();
  }

  /** For a key that nobody can use any more. */
  async forget(keyId: string): Promise<void> {
    this.uses.delete(keyId);
    try {
      await this.vault.secrets.remove(kind, keyId);
    } catch (error) {
      this.log.warn({ err: error, keyId }, 'The last use of a revoked key could not be removed');
    }
  }

  private async store(which: (use: Use) => boolean): Promise<void> {
    for (const [keyId, use] of this.uses) if (!use.isStored && which(use)) await this.write(keyId, use);
  }

  private async write(keyId: string, use: Use): Promise<void> {
    Object.assign(use, { isStored: true, nextWriteAtMs: performance.now() + writeIntervalMs });
    try {
      await this.vault.secrets.put(kind, keyId, Buffer.from(new Date(use.usedAt).toISOString()));
    } catch (error) {
      use.isStored = false;
      this.log.warn({ err: error, keyId }, 'The last use of a key could not be stored');
    }
  }
}

const isDue = ({ nextWriteAtMs }: Use): boolean => performance.now() >= nextWriteAtMs;
