import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventStore } from '#lib/event-store';
import { loadMasterKey, type MasterKey, type Secrets } from '#lib/vault';
import { openSqliteSecrets } from '#lib/vault/sqlite';
import type { Log } from '#lib/subscriptions';
import { dataFiles } from './data-files.js';
import { assertSameLog } from './same-log.js';

/** The key that all others come from, and the table of sealed secrets. */
export type Vault = {
  readonly key: MasterKey;
  readonly secrets: Secrets;
  /** Whether the log has no event yet: only then may a sealed store be a new one. */
  readonly isNew: boolean;
};

export type VaultPlace = {
  readonly directory: string;
  readonly masterKey: string | undefined;
  /** The log that the secrets belong to. */
  readonly events: EventStore;
  readonly log: Log;
};

/**
 * Opens the vault in a directory that exists.
 * @throws {VaultError} the key is missing or is not the one that the secrets are sealed with, or the secrets are missing.
 * @throws {AnotherLog | SecretsUnavailable}
 */
export const openVault = async ({ directory, masterKey, events, log }: VaultPlace): Promise<Vault> => {
  const isNew = (await events.head()) === 0;
  const file = join(directory, dataFiles.secrets);
  const key = await loadMasterKey({ given: masterKey, directory, mayBeNew: isNew && !(await exists(file)) });
  const secrets = await openSqliteSecrets({ file, key, mayBeNew: isNew, log, now: () => Date.now() });
  try {
    await assertSameLog(secrets, events);
  } catch (error) {
    await secrets.close();
    throw error;
  }
  return { key, secrets, isNew };
};

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
