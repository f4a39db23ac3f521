import { own } from '#lib/sqlite';
import { startThread, workerUrl, type Thread } from '#lib/threads';
import { VaultError } from '../errors.js';
import { checkKey, type KeyCheckSlot } from '../key-check.js';
import type { MasterKey } from '../master-key.js';
import { sealer, type Sealer } from '../sealer.js';
import { SecretsUnavailable, type Secret, type Secrets } from '../secrets.js';
import { checkName } from './sealed-rows.js';
import type { SecretsMethods } from './secrets.worker.js';
import type { SecretRow, SecretWrite } from './table.js';

export { hasSecretsCheck, readSealedSecrets, writeSealedSecrets } from './sealed-rows.js';

export type SecretsOptions = {
  readonly file: string;
  readonly key: MasterKey;
  /** Whether the file may be a new one; if not, it must have content. */
  readonly mayBeNew: boolean;
  /** The clock, in milliseconds. Default: `Date.now`. */
  readonly now?: () => number;
};

/**
 * Opens secrets in a SQLite file, which is created if it does not exist. Works on a thread of its own; one process owns the file.
 * @throws {SecretsUnavailable} another process has the file open, or the disk fails.
 * @throws {VaultError} `wrong_key`, `missing_store`
 */
export const openSqliteSecrets = async (options: SecretsOptions): Promise<Secrets> => {
  const { file } = options;
  let release: (() => void) | undefined;
  let thread: Thread<SecretsMethods> | undefined;
  try {
    release = own(file);
    thread = startThread<SecretsMethods>(workerUrl('./secrets.worker.js', import.meta.url), { workerData: { file } });
    await thread.ask('open');
    await checkKey({ store: file, ...options }, keyCheckSlot(thread));
    return new SqliteSecrets(thread, release, options);
  } catch (error) {
    await thread?.close();
    release?.();
    throw error instanceof VaultError ? error : unavailable(error);
  }
};

/** The check value is a row like the secrets, but not sealed. */
const keyCheckSlot = (thread: Thread<SecretsMethods>): KeyCheckSlot => {
  const name = { ...checkName, now: 0 };
  return {
    read: async () => (await thread.ask('get', name))?.sealed,
    write: async (value) => {
      await thread.ask('write', { ...name, sealed: value, expiresAt: null, ifStored: 'nothing' });
    },
  };
};

class SqliteSecrets implements Secrets {
  private readonly sealer: Sealer;
  private readonly now: () => number;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly thread: Thread<SecretsMethods>,
    private readonly release: () => void,
    { key, now }: SecretsOptions,
  ) {
    this.sealer = sealer(key, 'secrets');
    this.now = now ?? Date.now;
  }

  async put(kind: string, id: string, bytes: Uint8Array, expiresAt?: string): Promise<void> {
    await this.write(kind, id, bytes, expiresAt, 'anything');
  }

  add(kind: string, id: string, bytes: Uint8Array, expiresAt?: string): Promise<boolean> {
    return this.write(kind, id, bytes, expiresAt, 'nothing');
  }

  replace(kind: string, id: string, revision: number, bytes: Uint8Array, expiresAt?: string): Promise<boolean> {
    return this.write(kind, id, bytes, expiresAt, revision);
  }

  async get(kind: string, id: string): Promise<Secret | undefined> {
    const name = { kind, id, now: this.now() };
    return this.opened(kind, id, await this.call((thread) => thread.ask('get', name)));
  }

  async take(kind: string, id: string): Promise<Secret | undefined> {
    const name = { kind, id, now: this.now() };
    return this.opened(kind, id, await this.call((thread) => thread.ask('take', name)));
  }

  async remove(kind: string, id: string): Promise<void> {
    await this.call((thread) => thread.ask('take', { kind, id, now: this.now() }));
  }

  async list(kind: string): ReturnType<Secrets['list']> {
    const rows = await this.call((thread) => thread.ask('list', { kind, now: this.now() }));
    return rows.map(({ id, expiresAt }) => ({ id, expiresAt: timeOf(expiresAt) }));
  }

  sweep(): Promise<{ readonly [kind: string]: number }> {
    return this.call((thread) => thread.ask('sweep', { now: this.now() }));
  }

  maintain(): Promise<void> {
    return this.call((thread) => thread.ask('maintain'));
  }

  close(): Promise<void> {
    return (this.closing ??= this.thread.close().finally(this.release));
  }

  private write(
    kind: string,
    id: string,
    bytes: Uint8Array,
    expiresAt: string | undefined,
    ifStored: SecretWrite['ifStored'],
  ) {
    const sealed = this.sealer.seal(bytes, contextOf(kind, id));
    const expires = expiresAt ? Date.parse(expiresAt) : null;
    const secret = { kind, id, sealed, ifStored, expiresAt: expires, now: this.now() };
    return this.call((thread) => thread.ask('write', secret));
  }

  private opened(kind: string, id: string, row: SecretRow | undefined): Secret | undefined {
    if (!row) return undefined;
    const { sealed, revision, expiresAt } = row;
    return { bytes: this.sealer.open(sealed, contextOf(kind, id)), revision, expiresAt: timeOf(expiresAt) };
  }

  private async call<Result>(work: (thread: Thread<SecretsMethods>) => Promise<Result>): Promise<Result> {
    if (this.closing) throw new SecretsUnavailable('The secrets are closed');
    try {
      return await work(this.thread);
    } catch (error) {
      throw unavailable(error);
    }
  }
}

const contextOf = (kind: string, id: string): string => JSON.stringify([kind, id]);

const timeOf = (milliseconds: number | null): string | null =>
  milliseconds === null ? null : new Date(milliseconds).toISOString();

const unavailable = (error: unknown): SecretsUnavailable =>
  new SecretsUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
