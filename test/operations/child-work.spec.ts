import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readConfig } from '#config';
import { inChild, type BackupWork } from '../../src/operations/backup/child-work.js';
import { eventually } from '../support/eventually.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const work: BackupWork = { what: 'prune', log: undefined, config: readConfig({}) };
const never = new AbortController().signal;

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let variables: NodeJS.ProcessEnv;

beforeEach(async () => {
  temporary = await temporaryDirectory();
  variables = process.env;
});
afterEach(async () => {
  process.env = variables;
  await temporary.remove();
});

/** A program in the place of that of backups. */
const program = async (text: string): Promise<URL> => {
  const file = join(temporary.path, 'program.mjs');
  await writeFile(file, text);
  return pathToFileURL(file);
};

it('of the environment, only what Node itself reads is passed on', async () => {
  const authority = join(temporary.path, 'authority.pem');
  await writeFile(authority, '');
  process.env = { ...variables, NODE_EXTRA_CA_CERTS: authority, S3_SECRET_ACCESS_KEY: 'hunter2' };
  const tells = await program(
    `process.once('message', () => process.send({ left: Object.values(process.env) }, () => process.exit(0)));`,
  );
  const { left } = (await inChild(work, never, tells)) as unknown as { readonly left: readonly string[] };
  expect(left).toContain(authority);
  expect(left.join()).not.toContain('hunter2');
});

it('what copies a large file, and hears nothing meanwhile, is killed soon after it is to end', async () => {
  const begun = join(temporary.path, 'begun');
  const busy = await program(`
    import { writeFileSync } from 'node:fs';
    process.once('message', () => {
      writeFileSync(${JSON.stringify(begun)}, '');
      const until = Date.now() + 20_000;
      while (Date.now() < until);
      process.exit(0);
    });`);
  const stopping = new AbortController();
  const outcome = inChild(work, stopping.signal, busy).catch((error: unknown) => error);
  await eventually(() => readFile(begun));
  const abortedAt = performance.now();
  stopping.abort();
  expect(await outcome).toMatchObject({ name: 'BackupFailed' });
  expect(performance.now() - abortedAt).toBeLessThan(10_000);
});
