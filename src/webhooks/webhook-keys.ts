import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { newId } from '#lib/ids';
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

type Headers = WebhookKeys['headers'];

type Stored = WebhookKeys & {
  /** Of changes, the last one last: an event of the log says which of them are used. Those of `headers` are used before there is one. */
  readonly given?: readonly { readonly id: string; readonly headers: Headers }[];
};

const kind = 'webhook';
const secretBytes = 32;
const rotationOverlapMs = 24 * 3600 * 1000;
/** A request has a signature for each. */
const maxFormer = 5;
/** Beside those in use: processes may change headers at the same time, and fail between the vault and the log. */
const maxGiven = 8;
const maxCached = 1000;
/** By then, a change that is not in the log counts as well. */
const cachedMs = 10_000;

type Cached = { readonly keys: Stored; readonly asOf: number };

/** The secrets and headers of webhooks, sealed in the vault. */
@Injectable()
export class WebhookKeysStore {
  private readonly cache = new LRUCache<string, Cached>({ ...upTo(maxCached), ttl: cachedMs });

  constructor(@Inject(VAULT) private readonly vault: Vault) {}

  /**
   * Undefined where the webhook was removed. `asOf`: the position of the last change of the webhook's URL or keys, whichever process made it.
   * `headersId`: of the headers that are on record then. @throws {SecretsUnavailable}
   */
  async get(webhookId: string, asOf: number, headersId: string | null): Promise<WebhookKeys | undefined> {
    const keys = await this.read(webhookId, asOf);
    return keys && { secret: keys.secret, former: keys.former, headers: headersOf(keys, headersId) };
  }

  /**
   * The first keys of a webhook; answers its secret. Where another process, or an earlier attempt, has made one for this id, that one stays.
   * @throws {SecretsUnavailable}
   */
  async create(webhookId: string, headers: Headers): Promise<string> {
    const made: Stored = { secret: newSecret(), former: [], headers };
    const { secret } = await this.change(webhookId, (keys = made) => ({ ...keys, headers }));
    return secret;
  }

  /**
   * Stores headers, beside those in use (`used`), and answers their id: they are used once the log names it. Makes keys where there are
   * none. @throws {SecretsUnavailable}
   */
  async addHeaders(webhookId: string, headers: Headers, used: string | null): Promise<string> {
    const id = newId();
    await this.change(webhookId, (keys = { secret: newSecret(), former: [], headers: {} }) => {
      const others = keys.given ?? [];
      const kept = others.filter((one, index) => one.id === used || others.length - index < maxGiven);
      return { ...keys, headers: used === null ? keys.headers : {}, given: [...kept, { id, headers }] };
    });
    return id;
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

  private async read(webhookId: string, asOf: number): Promise<Stored | undefined> {
    const cached = this.cache.get(webhookId);
    if (cached && cached.asOf >= asOf) return cached.keys;
    const stored = await this.vault.secrets.get(kind, webhookId);
    const keys = stored && keysIn(stored);
    if (keys) this.cache.set(webhookId, { keys, asOf });
    return keys;
  }

  /** Changes what is stored at that moment, whatever another process does; answers what is stored then. */
  private async change(webhookId: string, changed: (keys: Stored | undefined) => Stored): Promise<Stored> {
    const { secrets } = this.vault;
    for (;;) {
      const stored = await secrets.get(kind, webhookId);
      const keys = changed(stored && keysIn(stored));
      const bytes = bytesOf(keys);
      const isStored = stored
        ? await secrets.replace(kind, webhookId, stored.revision, bytes)
        : await secrets.add(kind, webhookId, bytes);
      this.cache.delete(webhookId); // also what a reader may have met meanwhile
      if (isStored) return keys;
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

/** The error of the parser would show a part of them. */
const keysIn = ({ bytes }: { readonly bytes: Uint8Array }): Stored => {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as Stored;
  } catch {
    throw new Error('The stored keys of a webhook are not JSON');
  }
};

/** None where they were lost with the vault. */
const headersOf = ({ headers, given = [] }: Stored, id: string | null): Headers =>
  id === null ? headers : (given.find((one) => one.id === id)?.headers ?? {});

const bytesOf = (keys: Stored): Buffer => Buffer.from(JSON.stringify(keys));
