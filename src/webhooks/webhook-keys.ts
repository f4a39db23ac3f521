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
/** By then, a change that is not in the log counts as well. */
const cachedMs = 10_000;

type Cached = { readonly keys: WebhookKeys; readonly asOf: number };

/** The secrets and headers of webhooks, sealed in the vault. */
@Injectable()
export class WebhookKeysStore {
  private readonly cache = new LRUCache<string, Cached>({ ...upTo(maxCached), ttl: cachedMs });

  constructor(@Inject(VAULT) private readonly vault: Vault) {}

  /**
   * Undefined where the webhook was removed. `asOf`: the position of the last change of the webhook's URL or keys, whichever process made it.
   * @throws {SecretsUnavailable}
   */
  async get(webhookId: string, asOf: number): Promise<WebhookKeys | undefined> {
    const cached = this.cache.get(webhookId);
    if (cached && cached.asOf >= asOf) return cached.keys;
    const stored = await this.vault.secrets.get(kind, webhookId);
    const keys = stored && keysIn(stored);
    if (keys) this.cache.set(webhookId, { keys, asOf });
    return keys;
  }

  /** The first keys of a webhook; answers its secret. @throws {SecretsUnavailable} */
  async create(webhookId: string, headers: WebhookKeys['headers']): Promise<string> {
    const secret = newSecret();
    await this.vault.secrets.put(kind, webhookId, bytesOf({ secret, former: [], headers }));
    return secret;
  }

  /** Makes keys where there are none. @throws {SecretsUnavailable} */
  async changeHeaders(webhookId: string, headers: WebhookKeys['headers']): Promise<void> {
    await this.change(webhookId, (keys = { secret: newSecret(), former: [], headers }) => ({ ...keys, headers }));
  }

  /**
   * A new secret; those before it sign as well for a day: also one that was replaced a moment ago, whose successor may never have reached its
   * owner. Makes keys where there are none: the vault may be a new one. @throws {SecretsUnavailable}
   */
  async rotate(webhookId: string): Promise<{ readonly secret: string; readonly formerUntil: string }> {
    const secret = newSecret();
    const formerUntil = new Date(Date.now() + rotationOverlapMs).toISOString();
    await this.change(webhookId, (keys) => {
      if (!keys) return { secret, former: [], headers: {} };
      const former = [{ secret: keys.secret, until: formerUntil }, ...keys.former.filter(isValid)];
      return { ...keys, secret, former: former.slice(0, maxFormer) };
    });
    return { secret, formerUntil };
  }

  /** Changes what is stored at that moment, whatever another process does. */
  private async change(webhookId: string, changed: (keys: WebhookKeys | undefined) => WebhookKeys): Promise<void> {
    const { secrets } = this.vault;
    for (;;) {
      const stored = await secrets.get(kind, webhookId);
      const bytes = bytesOf(changed(stored && keysIn(stored)));
      const isStored = stored
        ? await secrets.replace(kind, webhookId, stored.revision, bytes)
        : await secrets.add(kind, webhookId, bytes);
      this.cache.delete(webhookId); // also what a reader may have met meanwhile
      if (isStored) return;
    }
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

const keysIn = ({ bytes }: { readonly bytes: Uint8Array }): WebhookKeys =>
  JSON.parse(Buffer.from(bytes).toString()) as WebhookKeys;

const bytesOf = (keys: WebhookKeys): Buffer => Buffer.from(JSON.stringify(keys));
