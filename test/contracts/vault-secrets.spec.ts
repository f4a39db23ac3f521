import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteSecrets } from '#lib/vault/sqlite';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { idempotencyKeysContract } from './idempotency-keys.contract.js';
import { secretsContract, type SecretsFixture } from './vault-secrets.contract.js';

const newFixture = async (): Promise<SecretsFixture> => {
  const { path, remove } = await temporaryDirectory();
  return {
    open: (key, now, mayBeNew) => openSqliteSecrets({ file: join(path, 'secrets.db'), key, now, mayBeNew }),
    bytes: async () =>
      Buffer.concat(await Promise.all((await readdir(path)).map((name) => readFile(join(path, name))))),
    remove,
  };
};

secretsContract('SQLite', newFixture);
idempotencyKeysContract('SQLite', newFixture);
