import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { keyedQueue } from '#lib/async';
import { upTo } from '../platform/growing-cache.js';
import { VAULT } from '../platform/tokens.js';
import type { Vault } from '../platform/vault.js';

/** What requests to a webhook are made with, and nobody may see. */
export type WebhookKeys = {
  /** `whsec_…` */
  readonly secret: string;
  /** Each signs as well until then (ISO 8601). */
  readonly former: readonly { readonly secret: string; readonly until: string }[];
  readonly headers: Readonly<Record<string, string>>;
};

const kind = 'webhook';
const secretBytes = 32;
const rotationOverlapMs = 24 * 3600 * 1000;
/** A request has a signature for each. */
const maxFormer = 5;
const maxCached = 1000;
/** So long another process may go on with what was replaced here. */
const cachedMs = 10_000;

/** The secrets and headers of webhooks, sealed in the vault. */
@Injectable()
export class WebhookKeysStore {
  /** Changes of one webhook's keys, one at a time. */
  private readonly changes = keyedQueue();
  private readonly cache = new LRUCache<string, WebhookKeys>({ ...upTo(maxCached), ttl: cachedMs });

  constructor(@Inject(VAULT) private readonly vault: Vault) {}

  /** Undefined where the webhook was removed. @throws {SecretsUnavailable} */
  async get(webhookId: string): Promise<WebhookKeys | undefined> {
    const cached = this.cache.get(webhookId);
    if (cached) return cached;
    const stored = await this.vault.secrets.get(kind, webhookId);
    const keys = stored && (JSON.parse(stored.bytes.toString()) as WebhookKeys);
    if (keys) this.cache.set(webhookId, keys);
    return keys;
  }

  /** The first keys of a webhook; answers its secret. @throws {SecretsUnavailable} */
  async create(webhookId: string, headers: WebhookKeys['headers']): Promise<string> {
    const secret = newSecret();
    await this.put(webhookId, { secret, former: [], headers });
    return secret;
  }

  /** @throws {SecretsUnavailable} */
  changeHeaders(webhookId: string, headers: WebhookKeys['headers']): Promise<void> {
    return this.changes.run(webhookId, async () => {
      const keys = await this.get(webhookId);
      if (keys) await this.put(webhookId, { ...keys, headers });
    });
  }

  /**
   * A new secret; those before it sign as well for a day: also one that was replaced a moment ago, whose successor may never have reached its
   * owner. @throws {SecretsUnavailable}
   */
  rotate(webhookId: string): Promise<{ readonly secret: string; readonly formerUntil: string }> {
    return this.changes.run(webhookId, async () => {
      const keys = await this.get(webhookId);
      const secret = newSecret();
      const formerUntil = new Date(Date.now() + rotationOverlapMs).toISOString();
      const former = keys ? [{ secret: keys.secret, until: formerUntil }, ...keys.former.filter(isValid)] : [];
      await this.put(webhookId, { secret, former: former.slice(0, maxFormer), headers: keys?.headers ?? {} });
      return { secret, formerUntil };
    });
  }

  private async put(webhookId: string, keys: WebhookKeys): Promise<void> {
    this.cache.delete(webhookId);
    await this.vault.secrets.put(kind, webhookId, Buffer.from(JSON.stringify(keys)));
    this.cache.delete(webhookId); // a reader may have met the old one meanwhile
  }

  /** @throws {SecretsUnavailable} */
  async remove(webhookId: string): Promise<void> {
    this.cache.delete(webhookId);
    await this.vault.secrets.remove(kind, webhookId);
    this.cache.delete(webhookId);
  }
}

const newSecret = (): string => `whsec_${randomBytes(secretBytes).toString('base64')}`;

const isValid = ({ until }: WebhookKeys['former'][number]): boolean => until > new Date().toISOString();
