import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { cp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { owner } from '../support/owner.js';
import { eventually } from '../support/eventually.js';
import { operator } from '../support/operator.js';
import { startService, type Service } from '../support/service.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

/* All that keeps the vault from being opened is in test/operations/vault.spec.ts. */

const started: Service[] = [];
let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let used: string;
let other: string;

const start = (directory: string, variables: NodeJS.ProcessEnv = {}): Service => {
  const admin = { WAYBILL_ADMIN_EMAIL: owner.email, WAYBILL_ADMIN_PASSWORD: owner.password };
  const service = startService({ WAYBILL_DATA_DIR: directory, ...admin, ...variables });
  started.push(service);
  return service;
};

/** Starts the service on a directory, waits until it is ready, and ends it in order. */
const use = async (directory: string, meanwhile: (url: string) => Promise<unknown> = async () => {}): Promise<void> => {
  const service = start(directory);
  const url = await service.url();
  await eventually(async () => (await fetch(`${url}/health/ready`)).status === 200, 20_000);
  await meanwhile(url);
  service.process.kill('SIGTERM');
  expect(await service.ended()).toBe(0);
};

/** A copy of the used directory, with its files as a test wants them. */
const copyWith = async (change: (directory: string) => Promise<unknown>): Promise<string> => {
  const copy = join(temporary.path, randomBytes(4).toString('hex'));
  await cp(used, copy, { recursive: true });
  await change(copy);
  return copy;
};

/** Two logins are two events, also where the first admin's password was among the secrets that are lost. */
const login = async (url: string): Promise<void> => {
  for (let n = 0; n < 2; n += 1) {
    const body = JSON.stringify(owner);
    const headers = { 'content-type': 'application/json' };
    await fetch(`${url}/v1/admin/auth/login`, { method: 'POST', headers, body });
  }
};

/** What the service prints instead of starting: an explanation and no stack. */
const refusal = async (directory: string, variables: NodeJS.ProcessEnv = {}): Promise<string> => {
  const service = start(directory, variables);
  const code = await service.ended();
  return code === 1 && !/at .*\.js/.test(service.output()) ? service.output() : `${code}: ${service.output()}`;
};

beforeAll(async () => {
  temporary = await temporaryDirectory();
  [used, other] = [join(temporary.path, 'used'), join(temporary.path, 'other')];
  await Promise.all([use(used), use(other)]);
});

afterEach(async () => {
  for (const { process } of started) process.kill('SIGKILL');
  await Promise.all(started.map(({ ended }) => ended()));
  started.length = 0;
});

afterAll(() => temporary.remove());

describe('the service does not start', () => {
  it('with another master key', async () => {
    const given = { WAYBILL_MASTER_KEY: randomBytes(32).toString('base64') };
    expect(await refusal(used, given)).toMatch(/^\S+secrets\.db is sealed with another master key/);
  }, 120_000);

  it('without the credentials.db that its log needs, again and again', async () => {
    const copy = await copyWith((directory) => rm(join(directory, 'credentials.db')));
    for (let n = 0; n < 2; n += 1) expect(await refusal(copy)).toContain('credentials.db is missing or empty');
  }, 120_000);

  it('with credentials that are sealed with another key', async () => {
    const copy = await copyWith((directory) => cp(join(other, 'credentials.db'), join(directory, 'credentials.db')));
    expect(await refusal(copy)).toMatch(/^\S+credentials\.db is sealed with another master key/);
  }, 120_000);
});

describe('the service with lost stores that were made anew, and without its views', () => {
  const lost = ['secrets.db', 'credentials.db'];
  let copy: string;

  beforeAll(async () => {
    copy = await copyWith(async (directory) => {
      for (const file of [...lost, 'views.db']) await rm(join(directory, file));
    });
  });

  it('starts, and makes its views again from the log', async () => {
    for (const file of lost) {
      const { stdout } = await operator({ WAYBILL_DATA_DIR: copy }, 'admin', 'renew', file);
      expect(stdout).toContain(`${file} is there`);
    }
    await expect(use(copy, login)).resolves.toBeUndefined();
    expect(await readdir(copy)).toEqual(expect.arrayContaining([...lost, 'views.db']));
  }, 120_000);

  it('does not start with a log that is older than its sagas, or its views', async () => {
    await cp(join(used, 'events.db'), join(copy, 'events.db'));
    const aside = join(temporary.path, 'views.db');
    await rename(join(copy, 'views.db'), aside);
    expect(await refusal(copy)).toMatch(/the sagas \(sagas\.db.*\) have handled/);
    await rename(aside, join(copy, 'views.db'));
    await rm(join(copy, 'sagas.db'));
    expect(await refusal(copy)).toMatch(/the views \(views\.db.*\) have handled.*delete the views/);
  }, 120_000);
});
