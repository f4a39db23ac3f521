import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteCredentials } from '#lib/whatsapp/baileys';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { credentialsContract } from './whatsapp-credentials.contract.js';

credentialsContract('SQLite', async () => {
  const { path, remove } = await temporaryDirectory();
  return {
    open: () => openSqliteCredentials({ file: join(path, 'credentials.db') }),
    bytes: async () =>
      Buffer.concat(await Promise.all((await readdir(path)).map((name) => readFile(join(path, name))))),
    remove,
  };
});
