import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { owner } from '../support/owner.js';
import { eventually } from '../support/eventually.js';
import { startService, type Service } from '../support/service.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

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

/** A directory in which the service has run. */
const useDirectory = async (name: string): Promise<string> => {
  const directory = join(temporary.path, name);
  const service = start(directory);
  const url = await service.url();
  await eventually(async () => (await fetch(`${url}/health/ready`)).status === 200, 20_000);
  service.process.kill('SIGTERM');
  expect(await service.ended()).toBe(0);
  return directory;
};

/** A copy of the used directory, with its files as a test wants them. */
const copyWith = async (change: (directory: string) => Promise<unknown>): Promise<string> => {
  const copy = join(temporary.path, randomBytes(4).toString('hex'));
  await cp(used, copy, { recursive: true });
  await change(copy);
  return copy;
};

/** Two logins of the first admin are two events. */
const login = async (url: string): Promise<void> => {
  for (let n = 0; n < 2; n += 1) {
    const body = JSON.stringify(owner);
    await fetch(`${url}/v1/admin/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
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
  [used, other] = await Promise.all([useDirectory('used'), useDirectory('other')]);
});

afterEach(async () => {
  for (const { process } of started) process.kill('SIGKILL');
  await Promise.all(started.map(({ ended }) => ended()));
  started.length = 0;
});

afterAll(() => temporary.remove());

describe('the service does not start', () => {
  const otherKey = /^\S+secrets\.db is sealed with another master key/;

  it('with another master key, given or in its file', async () => {
    const given = { WAYBILL_MASTER_KEY: randomBytes(32).toString('base64') };
    expect(await refusal(await copyWith(async () => undefined), given)).toMatch(otherKey);
    const copy = await copyWith((directory) => cp(join(other, 'master.key'), join(directory, 'master.key')));
    expect(await refusal(copy)).toMatch(otherKey);
  }, 120_000);

  it('without its master key, and makes no new one; with the right one, it starts again', async () => {
    const aside = join(temporary.path, 'aside');
    await mkdir(aside);
    const copy = await copyWith((directory) => rename(join(directory, 'master.key'), join(aside, 'master.key')));
    expect(await refusal(copy)).toMatch(/^The master key is missing.*master\.key/);
    expect(await readdir(copy)).not.toContain('master.key');
    await rename(join(aside, 'master.key'), join(copy, 'master.key'));
    expect(await start(copy).url()).toMatch(/^http/);
  }, 120_000);

  it.each(['secrets.db', 'credentials.db'])(
    'without the %s that its log needs, again and again',
    async (file) => {
      const copy = await copyWith((directory) => rm(join(directory, file)));
      expect(await refusal(copy)).toContain(`${file} is missing or empty`);
      expect(await refusal(copy)).toContain(`${file} is missing or empty`);
    },
    120_000,
  );

  it('with credentials that are sealed with another key', async () => {
    const copy = await copyWith((directory) => cp(join(other, 'credentials.db'), join(directory, 'credentials.db')));
    expect(await refusal(copy)).toMatch(/^\S+credentials\.db is sealed with another master key/);
  }, 120_000);

  it('without its log, or with that of another installation', async () => {
    const copy = await copyWith((directory) => rm(join(directory, 'events.db')));
    expect(await refusal(copy)).toMatch(/^The log \(events\.db.*\) is missing or empty/);
    await cp(join(other, 'events.db'), join(copy, 'events.db'));
    expect(await refusal(copy)).toMatch(/belong to another log/);
  }, 120_000);
});

describe('the service does not start with a log that is older than', () => {
  const older = (...files: readonly string[]) =>
    copyWith(async (directory) => {
      const log = await readFile(join(directory, 'events.db'));
      const service = start(directory);
      await login(await service.url());
      service.process.kill('SIGTERM');
      await service.ended();
      await writeFile(join(directory, 'events.db'), log);
      for (const file of files) await rm(join(directory, file));
    });

  it('its sagas', async () => {
    expect(await refusal(await older('views.db'))).toMatch(/the sagas \(sagas\.db.*\) have handled/);
  }, 120_000);

  it('its views', async () => {
    expect(await refusal(await older('sagas.db'))).toMatch(/the views \(views\.db.*\) have handled.*delete the views/);
  }, 120_000);
});

describe('the service starts', () => {
  it.each(['secrets.db', 'credentials.db'])(
    'without a lost %s once that is made anew',
    async (file) => {
      const copy = await copyWith((directory) => rm(join(directory, file)));
      const env = { PATH: process.env['PATH'], WAYBILL_DATA_DIR: copy };
      const renewed = await promisify(execFile)(process.execPath, ['dist/app/operator.js', 'admin', 'renew', file], {
        env,
      });
      expect(renewed.stdout).toContain(`${file} is there`);
      expect(await start(copy).url()).toMatch(/^http/);
    },
    120_000,
  );

  it('without its views, which are made again from the log', async () => {
    const copy = await copyWith((directory) => rm(join(directory, 'views.db')));
    expect(await start(copy).url()).toMatch(/^http/);
  });
});
