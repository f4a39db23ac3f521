import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { upTo } from '../platform/growing-cache.js';
import { VAULT } from '../platform/tokens.js';
import type { Vault } from '../platform/vault.js';

/** What requests to a webhook are made with, and nobody may see. */
export type WebhookKeys = {
  /** `whsec_…` */
  readonly secret: string;
  /** Signs as well until then (ISO 8601). */
  readonly former: { readonly secret: string; readonly until: string } | null;
  readonly headers: Readonly<Record<string, string>>;
};

const kind = 'webhook';
const secretBytes = 32;
const maxCached = 1000;
/** So long another process may go on with what was replaced here. */
const cachedMs = 10_000;

/** The secrets and headers of webhooks, sealed in the vault. */
@Injectable()
export class WebhookKeysStore {
  private readonly cache = new LRUCache<string, WebhookKeys>({ ...upTo(maxCached), ttl: cachedMs });

  constructor(@Inject(VAULT) private readonly vault: Vault) {}

  newSecret(): string {
    return `whsec_${randomBytes(secretBytes).toString('base64')}`;
  }

  /** Undefined where the webhook was removed. @throws {SecretsUnavailable} */
  async get(webhookId: string): Promise<WebhookKeys | undefined> {
    const cached = this.cache.get(webhookId);
    if (cached) return cached;
    const stored = await this.vault.secrets.get(kind, webhookId);
    const keys = stored && (JSON.parse(stored.bytes.toString()) as WebhookKeys);
    if (keys) this.cache.set(webhookId, keys);
    return keys;
  }

  /** @throws {SecretsUnavailable} */
  async put(webhookId: string, keys: WebhookKeys): Promise<void> {
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
