import { loadMasterKey, type MasterKey } from '#lib/vault';
import { nameOf, openCredentials, openSealedCredentials } from '#lib/whatsapp/baileys/credentials';
import { credentialsPlace } from '../platform/credentials-place.js';
import { dataFiles } from '../platform/data-files.js';
import { openDatabase } from '../platform/database.js';
import type { StoresConfig } from '../platform/stores.js';
import { secretsPlace } from '../platform/vault.js';
import { OperatorRefused } from './operator-request.js';

export type RenewOptions = {
  readonly config: StoresConfig;
  readonly masterKey: string | undefined;
};

type Renewal = (config: StoresConfig, key: MasterKey) => Promise<void>;

const renewals: { readonly [name: string]: { readonly renew: Renewal; readonly consequence: string } } = {
  [dataFiles.secrets]: {
    renew: async (config, key) => {
      const database = await openDatabase(config, undefined);
      try {
        const place = await secretsPlace({ directory: config.WAYBILL_DATA_DIR, mongo: database?.mongo });
        await (await place.open({ key, mayBeNew: true })).close();
      } finally {
        await database?.close();
      }
    },
    consequence: 'API keys work as before. Every admin needs a new password: npm run admin -- reset-password EMAIL',
  },
  [dataFiles.credentials]: {
    renew: async (config, key) => {
      const place = credentialsPlace(config);
      const store = await openCredentials(place);
      try {
        await openSealedCredentials(store, { store: nameOf(place), key, mayBeNew: true });
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
export const renewStore = async (name: string | undefined, { config, masterKey }: RenewOptions): Promise<string> => {
  const renewal = renewals[name ?? ''];
  if (!renewal) throw new OperatorRefused(`Only these can be made anew: ${Object.keys(renewals).join(', ')}`);
  const key = await loadMasterKey({ given: masterKey, directory: config.WAYBILL_DATA_DIR, mayBeNew: false });
  await renewal.renew(config, key);
  return `${name} is there. ${renewal.consequence}`;
};
