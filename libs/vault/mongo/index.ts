import { mongoProblem, own, OwnedElsewhere, type Mongo, type Ownership } from '#lib/mongo';
import { VaultError } from '../errors.js';
import { checkKey, type KeyCheckSlot } from '../key-check.js';
import type { MasterKey } from '../master-key.js';
import { sealer, type Sealer } from '../sealer.js';
import { SecretsUnavailable, type Secret, type Secrets } from '../secrets.js';
import { SecretRows, type SecretRow } from './rows.js';

export { readSealedSecrets, writeSealedSecrets } from './sealed-rows.js';
export { secretsCollection } from './rows.js';

const store = 'The vault in the database of MONGODB_URI';

export type MongoSecretsOptions = {
  readonly key: MasterKey;
  /** Whether the vault may be a new one; if not, it must have content. */
  readonly mayBeNew: boolean;
  /** Whether other processes have the secrets open as well. Each change is one command on one document, so that none is done in part. */
  readonly shared?: boolean;
  /** The clock, in milliseconds. Default: `Date.now`. */
  readonly now?: () => number;
};

/**
 * Opens secrets in a database of MongoDB. Closing them leaves the connection open, which others may use. One process owns
 * them, beside which others may have them `shared`.
 * @throws {SecretsUnavailable} another process has them open, or the server is in trouble.
 * @throws {VaultError} `wrong_key`, `missing_store`
 */
export const openMongoSecrets = async (mongo: Mongo, options: MongoSecretsOptions): Promise<Secrets> => {
  const rows = new SecretRows(mongo);
  let ownership: Ownership | undefined;
  try {
    if (options.shared !== true) {
      ownership = await own(mongo, 'secrets');
      await rows.prepare();
    }
    await checkKey({ store, ...options }, keyCheckSlot(rows));
    return new MongoSecrets(rows, ownership, options);
  } catch (error) {
    await ownership?.release();
    throw unavailable(error);
  }
};

/** Whether a database has a vault, whatever key it is sealed with. @throws {SecretsUnavailable} */
export const hasMongoSecrets = async (mongo: Mongo): Promise<boolean> => {
  try {
    return (await new SecretRows(mongo).get(checkName.kind, checkName.id, 0)) !== undefined;
  } catch (error) {
    throw unavailable(error);
  }
};

/** The check value is a row like the secrets, but not sealed. */
const checkName = { kind: 'key-check', id: '' };

const keyCheckSlot = (rows: SecretRows): KeyCheckSlot => ({
  read: async () => (await rows.get(checkName.kind, checkName.id, 0))?.sealed.buffer,
  write: async (value) => void (await rows.add({ ...checkName, sealed: value, expiresAt: null }, 0)),
});

class MongoSecrets implements Secrets {
  private readonly sealer: Sealer;
  private readonly now: () => number;
  private readonly running = new Set<Promise<unknown>>();
  private closing: Promise<void> | undefined;

  constructor(
    private readonly rows: SecretRows,
    private readonly ownership: Ownership | undefined,
    { key, now }: MongoSecretsOptions,
  ) {
    this.sealer = sealer(key, 'secrets');
    this.now = now ?? Date.now;
  }

  put(kind: string, id: string, bytes: Uint8Array, expiresAt?: string): Promise<void> {
    return this.call(() => this.rows.put(this.sealed(kind, id, bytes, expiresAt)));
  }

  add(kind: string, id: string, bytes: Uint8Array, expiresAt?: string): Promise<boolean> {
    return this.call(() => this.rows.add(this.sealed(kind, id, bytes, expiresAt), this.now()));
  }

  replace(kind: string, id: string, revision: number, bytes: Uint8Array, expiresAt?: string): Promise<boolean> {
    return this.call(() => this.rows.replace(this.sealed(kind, id, bytes, expiresAt), revision, this.now()));
  }

  async get(kind: string, id: string): Promise<Secret | undefined> {
    return this.opened(kind, id, await this.call(() => this.rows.get(kind, id, this.now())));
  }

  async take(kind: string, id: string): Promise<Secret | undefined> {
    return this.opened(kind, id, await this.call(() => this.rows.take(kind, id, this.now())));
  }

  async remove(kind: string, id: string): Promise<void> {
    await this.call(() => this.rows.take(kind, id, this.now()));
  }

  async list(kind: string): ReturnType<Secrets['list']> {
    const rows = await this.call(() => this.rows.list(kind, this.now()));
    return rows.map(({ id, expiresAt }) => ({ id, expiresAt: expiresAt?.toISOString() ?? null }));
  }

  sweep(): Promise<{ readonly [kind: string]: number }> {
    return this.call(() => this.rows.sweep(this.now()));
  }

  /** The server does that by itself. */
  async maintain(): Promise<void> {}

  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    await Promise.allSettled(this.running);
    await this.ownership?.release();
  }

  private sealed(kind: string, id: string, bytes: Uint8Array, expiresAt: string | undefined) {
    const sealed = this.sealer.seal(bytes, contextOf(kind, id));
    return { kind, id, sealed, expiresAt: expiresAt === undefined ? null : new Date(expiresAt) };
  }

  private opened(kind: string, id: string, row: SecretRow | undefined): Secret | undefined {
    if (!row) return undefined;
    const { sealed, revision, expiresAt } = row;
    const bytes = this.sealer.open(sealed.buffer, contextOf(kind, id));
    return { bytes, revision, expiresAt: expiresAt?.toISOString() ?? null };
  }

  private async call<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.closing) throw new SecretsUnavailable('The secrets are closed');
    const running = (this.ownership?.assertHeld() ?? Promise.resolve()).then(work);
    this.running.add(running);
    try {
      return await running;
    } catch (error) {
      throw unavailable(error);
    } finally {
      this.running.delete(running);
    }
  }
}

const contextOf = (kind: string, id: string): string => JSON.stringify([kind, id]);

const unavailable = (error: unknown): unknown => {
  if (error instanceof VaultError || error instanceof SecretsUnavailable) return error;
  if (error instanceof OwnedElsewhere) return new SecretsUnavailable(error.message, { cause: error });
  const problem = mongoProblem(error);
  return problem ? new SecretsUnavailable(`The secrets are unavailable: ${problem.detail}`, { cause: error }) : error;
};
