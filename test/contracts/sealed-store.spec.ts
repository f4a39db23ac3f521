import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteSecrets } from '#lib/vault/sqlite';
import { mayHaveSessions, openSealedCredentials, openSqliteCredentials } from '#lib/whatsapp/baileys';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { sealedStoreContract, type SealedStoreFixture } from './sealed-store.contract.js';

const inDirectory = async (open: (directory: string) => SealedStoreFixture['open']): Promise<SealedStoreFixture> => {
  const { path, remove } = await temporaryDirectory();
  const lose = async () => {
    for (const name of await readdir(path)) await rm(join(path, name));
  };
  return { open: open(path), lose, remove };
};

sealedStoreContract('secrets in SQLite', () =>
  inDirectory((path) => (key, mayBeNew) => openSqliteSecrets({ file: join(path, 'secrets.db'), key, mayBeNew })),
);

sealedStoreContract('credentials in SQLite', () =>
  inDirectory((path) => async (key, mayBeNew) => {
    const store = await openSqliteCredentials({ file: join(path, 'credentials.db') });
    try {
      return await openSealedCredentials(store, { store: 'credentials', key, mayBeNew });
    } catch (error) {
      await store.close();
      throw error;
    }
  }),
);

sealedStoreContract('credentials in SQLite that are only looked at', () =>
  inDirectory((path) => async (key, mayBeNew) => {
    await mayHaveSessions({ file: join(path, 'credentials.db') }, { key, mayBeNew });
    return { close: async () => {} };
  }),
);
