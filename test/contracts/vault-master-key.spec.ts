import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadMasterKey, MasterKey } from '#lib/vault';
import { temporaryDirectory } from '../support/temporary-directory.js';

const code = (name: string) => expect.objectContaining({ name: 'VaultError', code: name });
const subkey = (key: MasterKey): string => key.subkey('test').toString('hex');

describe('the master key', () => {
  let directory: string;
  let remove: () => Promise<void>;
  const file = (): string => join(directory, 'master.key');
  beforeEach(async () => {
    ({ path: directory, remove } = await temporaryDirectory());
  });
  afterEach(() => remove());

  it('is the given one, and then no file is created', async () => {
    const bytes = randomBytes(32);
    const key = await loadMasterKey({ given: `${bytes.toString('base64')}\n`, directory, mayBeNew: false });
    expect(subkey(key)).toBe(subkey(new MasterKey(bytes)));
    expect(await readdir(directory)).toEqual([]);
  });

  it('is created once, readable by its owner only, and stays the same', async () => {
    const made = await loadMasterKey({ directory, mayBeNew: true });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    const text = await readFile(file(), 'utf8');
    expect(subkey(await loadMasterKey({ directory, mayBeNew: true }))).toBe(subkey(made));
    expect(await readFile(file(), 'utf8')).toBe(text);
    expect(await readdir(directory)).toEqual(['master.key']);
  });

  it('is not created where something is sealed already', async () => {
    await expect(loadMasterKey({ directory, mayBeNew: false })).rejects.toEqual(code('missing_key'));
    expect(await readdir(directory)).toEqual([]);
  });

  it('is the same for all processes that start at the same time', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => loadMasterKey({ directory, mayBeNew: true })));
    expect(new Set(keys.map(subkey)).size).toBe(1);
    expect(await readdir(directory)).toEqual(['master.key']);
  });

  it('is rejected from a file that others may read', async () => {
    await loadMasterKey({ directory, mayBeNew: true });
    await chmod(file(), 0o640);
    await expect(loadMasterKey({ directory, mayBeNew: true })).rejects.toEqual(code('exposed_key'));
  });

  it('is rejected if its path is not a file', async () => {
    await mkdir(file(), 0o700);
    await expect(loadMasterKey({ directory, mayBeNew: true })).rejects.toEqual(code('no_key_file'));
  });

  it.each(['', 'short', 'A'.repeat(44), `${randomBytes(32).toString('base64')}!`, randomBytes(31).toString('base64')])(
    'is rejected if malformed, and neither printed nor replaced: %j',
    async (given) => {
      await expect(loadMasterKey({ given, directory, mayBeNew: true })).rejects.toEqual(code('malformed_key'));
      await writeFile(file(), given, { mode: 0o600 });
      const rejected = await loadMasterKey({ directory, mayBeNew: true }).catch((error: unknown) => error);
      expect(rejected).toEqual(code('malformed_key'));
      expect(given === '' || !inspect(rejected).includes(given)).toBe(true);
      expect(await readFile(file(), 'utf8')).toBe(given);
    },
  );

  it('is not shown when it is printed', async () => {
    const bytes = randomBytes(32);
    const key = await loadMasterKey({ given: bytes.toString('base64'), directory, mayBeNew: true });
    for (const printed of [
      inspect(key, { depth: 9, showHidden: true }),
      JSON.stringify(key),
      JSON.stringify({ key }),
    ]) {
      expect(printed).not.toContain(bytes.toString('base64'));
      expect(printed).not.toContain(bytes.toString('hex').slice(0, 8));
    }
  });
});
