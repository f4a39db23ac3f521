import { join } from 'node:path';
import type { EventStore } from '#lib/event-store';
import { loadMasterKey, SecretsUnavailable, type MasterKey, type Secrets } from '#lib/vault';
import type { Mongo } from '#lib/mongo';
import { openSqliteSecrets } from '#lib/vault/sqlite';
import { dataFiles } from './data-files.js';
import { assertSameLog } from './same-log.js';
import { exists } from './where-stores-are.js';

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
  /** The database that keeps the secrets; by default a file of the directory does. */
  readonly mongo?: Mongo | undefined;
  /** The log that the secrets belong to. */
  readonly events: EventStore;
  /** Whether another process owns the secrets, which makes them where there are none. */
  readonly shared?: boolean;
};

type HowToOpen = {
  readonly key: MasterKey;
  readonly mayBeNew: boolean;
  readonly shared?: boolean;
  readonly now?: () => number;
};

/** Where secrets are kept, before the key is known. */
type SecretsPlace = { isSealed(): Promise<boolean>; open(how: HowToOpen): Promise<Secrets> };

/** The place of the secrets: a database of MongoDB, or a file of the directory. */
export const secretsPlace = async ({
  directory,
  mongo,
}: Pick<VaultPlace, 'directory' | 'mongo'>): Promise<SecretsPlace> => {
  if (!mongo) {
    const file = join(directory, dataFiles.secrets);
    return { isSealed: () => exists(file), open: ({ shared: _alone, ...how }) => openSqliteSecrets({ file, ...how }) };
  }
  const { hasMongoSecrets, openMongoSecrets } = await import('#lib/vault/mongo');
  return { isSealed: () => hasMongoSecrets(mongo), open: (how) => openMongoSecrets(mongo, how) };
};

/**
 * Opens the vault of a directory that exists.
 * @throws {VaultError} the key is missing or is not the one that the secrets are sealed with, or the secrets are missing.
 * @throws {AnotherLog | SecretsUnavailable}
 */
export const openVault = async ({ masterKey, events, shared = false, ...where }: VaultPlace): Promise<Vault> => {
  const place = await secretsPlace(where);
  if (shared && !(await place.isSealed())) {
    throw new SecretsUnavailable('There are no secrets yet: the process with the sessions makes them');
  }
  const isNew = !shared && (await events.head()) === 0;
  const mayKeyBeNew = isNew && !(await place.isSealed());
  const key = await loadMasterKey({ given: masterKey, directory: where.directory, mayBeNew: mayKeyBeNew });
  const secrets = await place.open({ key, mayBeNew: isNew, shared, now: () => Date.now() });
  try {
    await assertSameLog(secrets, events);
  } catch (error) {
    await secrets.close();
    throw error;
  }
  return { key, secrets, isNew };
};
