import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openSqliteCredentials } from '#lib/whatsapp/baileys';
import { eventually } from '../support/eventually.js';
import { killsOf } from '../support/kills.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

describe('credentials after their process was killed', () => {
  it('contain every write that has resolved, and a prefix of all writes', async () => {
    for (let round = 0; round < killsOf(5); round += 1) {
      const directory = await temporaryDirectory();
      const file = join(directory.path, 'credentials.db');
      const child = spawn(process.execPath, ['dist/test/whatsapp/support/credentials.child.js', file]);
      let resolved = 0;
      child.stdout.on('data', (lines: Buffer) => (resolved = Number(lines.toString().trim().split('\n').at(-1))));
      await eventually(() => resolved > 20 + 163 * (round % 5), 20_000);
      child.kill('SIGKILL');
      await once(child, 'close');

      const store = await openSqliteCredentials({ file });
      const read = async (type: string, id: string): Promise<number> =>
        Number(Buffer.from((await store.read('a', type, [id])).get(id) ?? []).toString());
      const [session, preKey, creds] = [
        await read('session', '1'),
        await read('pre-key', '1'),
        await read('creds', ''),
      ];
      expect(session).toBe(preKey);
      expect([session, session - 1]).toContain(creds);
      expect(creds).toBeGreaterThanOrEqual(resolved);
      await store.close();
      await directory.remove();
    }
  }, 300_000);
});
