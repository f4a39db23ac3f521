import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteSecrets } from '#lib/vault/sqlite';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { secretsContract } from './vault-secrets.contract.js';

secretsContract('SQLite', async () => {
  const { path, remove } = await temporaryDirectory();
  return {
    open: (key, now, mayBeNew) => openSqliteSecrets({ file: join(path, 'secrets.db'), key, now, mayBeNew }),
    bytes: async () =>
      Buffer.concat(await Promise.all((await readdir(path)).map((name) => readFile(join(path, name))))),
    remove,
  };
});
