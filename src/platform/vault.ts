import { join } from 'node:path';
import { loadMasterKey, type MasterKey, type Secrets } from '#lib/vault';
import { openSqliteSecrets } from '#lib/vault/sqlite';
import type { Log } from '#lib/subscriptions';

/** The key that all others come from, and the table of sealed secrets. */
export type Vault = { readonly key: MasterKey; readonly secrets: Secrets };

/** Opens the vault in a directory that is there. @throws {VaultError | SecretsUnavailable} in words for the operator. */
export const openVault = async (from: {
  readonly directory: string;
  readonly masterKey: string | undefined;
  readonly log: Log;
}): Promise<Vault> => {
  const key = await loadMasterKey({ given: from.masterKey, directory: from.directory });
  const file = join(from.directory, 'secrets.db');
  const secrets = await openSqliteSecrets({ file, key, log: from.log, now: () => Date.now() });
  return { key, secrets };
};
