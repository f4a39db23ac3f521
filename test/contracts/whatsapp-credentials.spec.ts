import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { MasterKey } from '#lib/vault';
import { CredentialsUnavailable } from '#lib/whatsapp';
import { mayHaveSessions, openSqliteCredentials } from '#lib/whatsapp/baileys';
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

describe('a first look at credentials in SQLite', () => {
  it('tells whether there is a session, and leaves the file to whoever opens it', async () => {
    const { path, remove } = await temporaryDirectory();
    try {
      const place = { file: join(path, 'credentials.db') };
      const look = () => mayHaveSessions(place, { key, mayBeNew: true });
      expect(await look()).toBe(false);
      const store = await openSqliteCredentials(place);
      await expect(look()).rejects.toBeInstanceOf(CredentialsUnavailable);
      await store.write('one', [{ type: 'creds', id: '', value: Uint8Array.of(1) }], 'power_cut');
      await store.close();
      expect(await look()).toBe(true);
    } finally {
      await remove();
    }
  });
});

const key = new MasterKey(randomBytes(32));
