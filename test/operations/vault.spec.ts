import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { cp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { closeStores, openStores } from '../../src/platform/stores.js';
import { openVault } from '../../src/platform/vault.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { newInstallation } from './support/installation.js';

/* That the service does not start where its vault is not opened, and prints why, is in test/features/service-key.spec.ts. */

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let used: string;
let other: string;

/** Opens the stores and the vault of a data directory as the service does, and closes them. */
const open = async (directory: string, masterKey?: string): Promise<void> => {
  const stores = await openStores({ WAYBILL_DATA_DIR: directory });
  try {
    const { secrets } = await openVault({ directory, masterKey, events: stores.events });
    await secrets.close();
  } finally {
    await closeStores(stores);
  }
};

/** What the operator is told. */
const refusal = (directory: string, masterKey?: string): Promise<string> =>
  open(directory, masterKey).then(
    () => 'It is open',
    (error: Error) => error.message,
  );

/** A copy of the used directory, with its files as a test wants them. */
const copyWith = async (change: (directory: string) => Promise<unknown>): Promise<string> => {
  const copy = join(temporary.path, randomBytes(4).toString('hex'));
  await cp(used, copy, { recursive: true });
  await change(copy);
  return copy;
};

beforeAll(async () => {
  temporary = await temporaryDirectory();
  [used, other] = [join(temporary.path, 'used'), join(temporary.path, 'other')];
  for (const directory of [used, other]) {
    await newInstallation(directory);
    await open(directory); // as it had no event before
  }
});

afterAll(() => temporary.remove());

describe('the vault of a data directory is not opened', () => {
  const otherKey = /^\S+secrets\.db is sealed with another master key/;

  it('with another master key, given or in its file', async () => {
    expect(await refusal(used, randomBytes(32).toString('base64'))).toMatch(otherKey);
    const copy = await copyWith((directory) => cp(join(other, 'master.key'), join(directory, 'master.key')));
    expect(await refusal(copy)).toMatch(otherKey);
  });

  it('without its master key, and makes no new one; with the right one, it is', async () => {
    const aside = join(temporary.path, 'aside');
    const copy = await copyWith((directory) => rename(join(directory, 'master.key'), aside));
    expect(await refusal(copy)).toMatch(/^The master key is missing.*master\.key/);
    expect(await readdir(copy)).not.toContain('master.key');
    await rename(aside, join(copy, 'master.key'));
    await expect(open(copy)).resolves.toBeUndefined();
  });

  it('without the secrets.db that the log needs, again and again', async () => {
    const copy = await copyWith((directory) => rm(join(directory, 'secrets.db')));
    for (let n = 0; n < 2; n += 1) expect(await refusal(copy)).toContain('secrets.db is missing or empty');
  });

  it('without its log, or with that of another installation', async () => {
    const copy = await copyWith((directory) => rm(join(directory, 'events.db')));
    expect(await refusal(copy)).toMatch(/^The log \(events\.db.*\) is missing or empty/);
    await cp(join(other, 'events.db'), join(copy, 'events.db'));
    expect(await refusal(copy)).toMatch(/belong to another log/);
  });
});
