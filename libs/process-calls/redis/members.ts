import { deserialize, serialize } from 'node:v8';
import type { Redis } from 'ioredis';
import type { Member } from '../port.js';
import type { Seal } from './frames.js';

const beatIntervalMs = 3000;
/** A process that has not shown itself for so long is not listed any more. By the clock of the server alone. */
const lifetimeMs = 15_000;

/** Which processes live: each shows itself again and again. */
export class Members {
  private describe: (() => Promise<unknown>) | undefined;
  private beating: NodeJS.Timeout | undefined;

  constructor(
    private readonly id: string,
    private readonly prefix: string,
    private readonly redis: () => Promise<Redis>,
    private readonly sealing: Seal,
    private readonly failed: (error: unknown) => void,
  ) {}

  async announce(describe: () => Promise<unknown>): Promise<void> {
    this.describe = describe;
    const beat = (): Promise<void> => this.beat().catch(this.failed);
    this.beating = setInterval(() => void beat(), beatIntervalMs).unref();
    await beat();
  }

  async all(): Promise<readonly Member[]> {
    const redis = await this.redis();
    const others = (await redis.smembers(this.set)).filter((id) => id !== this.id);
    const found = await Promise.all(others.map((id) => this.read(redis, id)));
    const self = this.describe ? [{ id: this.id, about: await this.describe(), lastSeenMs: 0 }] : [];
    return [...self, ...found.flatMap((member) => member ?? [])];
  }

  async close(): Promise<void> {
    clearInterval(this.beating);
    if (!this.describe) return;
    this.describe = undefined;
    const redis = await this.redis();
    await redis.srem(this.set, this.id);
    await redis.del(this.key(this.id));
  }

  private async beat(): Promise<void> {
    if (!this.describe) return;
    const sealed = this.sealing.seal(serialize(await this.describe()), this.key(this.id));
    const redis = await this.redis();
    await redis.set(this.key(this.id), sealed, 'PX', lifetimeMs);
    await redis.sadd(this.set, this.id);
  }

  private async read(redis: Redis, id: string): Promise<Member | undefined> {
    const key = this.key(id);
    const [sealed, leftMs] = await Promise.all([redis.getBuffer(key), redis.pttl(key)]);
    if (!sealed || leftMs < 0) {
      await redis.srem(this.set, id);
      return undefined;
    }
    return { id, about: deserialize(this.sealing.open(sealed, key)), lastSeenMs: Math.max(0, lifetimeMs - leftMs) };
  }

  private get set(): string {
    return `${this.prefix}:processes`;
  }

  private key(id: string): string {
    return `${this.prefix}:process:${id}`;
  }
}
