import { join } from 'node:path';
import type { Log } from '#lib/subscriptions';
import { loadMasterKey, type MasterKey } from '#lib/vault';
import { openSqliteSecrets } from '#lib/vault/sqlite';
import { openSealedCredentials } from '#lib/whatsapp/baileys/credentials';
import { openSqliteCredentials } from '#lib/whatsapp/baileys/credentials/sqlite';
import { dataFiles } from '../platform/data-files.js';
import { OperatorRefused } from './operator-commands.js';

export type RenewOptions = {
  readonly data: string;
  readonly masterKey: string | undefined;
  readonly log: Log;
};

type Renewal = (file: string, key: MasterKey, log: Log) => Promise<void>;

const renewals: { readonly [name: string]: { readonly renew: Renewal; readonly consequence: string } } = {
  [dataFiles.secrets]: {
    renew: async (file, key, log) => (await openSqliteSecrets({ file, key, mayBeNew: true, log })).close(),
    consequence: 'API keys work as before. Every admin needs a new password: npm run admin -- reset-password EMAIL',
  },
  [dataFiles.credentials]: {
    renew: async (file, key) => {
      const store = await openSqliteCredentials({ file });
      try {
        await openSealedCredentials(store, { store: file, key, mayBeNew: true });
      } finally {
        await store.close();
      }
    },
    consequence: 'Every session has to be linked again: remove its old device on the phone, and scan its new QR.',
  },
};

/**
 * Makes a new sealed store in the place of a lost one. One that is there stays as it is. Answers what follows from that.
 * @throws {OperatorRefused} no such store @throws {VaultError} the master key is missing, or the store is there and sealed with another one.
 */
export const renewStore = async (name: string | undefined, { data, masterKey, log }: RenewOptions): Promise<string> => {
  const renewal = renewals[name ?? ''];
  if (!renewal) throw new OperatorRefused(`Only these can be made anew: ${Object.keys(renewals).join(', ')}`);
  const key = await loadMasterKey({ given: masterKey, directory: data, mayBeNew: false });
  await renewal.renew(join(data, name ?? ''), key, log);
  return `${name} is there. ${renewal.consequence}`;
};
