import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { owner } from '../support/owner.js';
import { startService, type Service } from '../support/service.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let data: string;
let service: Service;

const start = async (variables: NodeJS.ProcessEnv = {}): Promise<string> => {
  service = startService({ WAYBILL_DATA_DIR: data, ...variables });
  const url = await service.url();
  await eventually(async () => (await fetch(`${url}/health/ready`)).status === 200, 20_000);
  return url;
};

const stop = async (): Promise<void> => {
  service.process.kill('SIGTERM');
  await service.ended();
};

type Ran = { readonly code: number; readonly printed: string };

/** What `npm run admin -- …` runs once the service is built. */
const admin = (words: readonly string[], { input = '', directory = data } = {}): Promise<Ran> =>
  new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], WAYBILL_DATA_DIR: directory };
    const child = execFile(process.execPath, ['dist/app/operator.js', 'admin', ...words], { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, printed: out + err }),
    );
    child.stdin?.end(input);
  });

const logIn = (url: string, email: string, password: string): Promise<Response> =>
  fetch(`${url}/v1/admin/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });

const passwordIn = ({ printed }: Ran): string => /password {2}(\S+)/.exec(printed)?.[1] ?? '';

beforeAll(async () => {
  temporary = await temporaryDirectory();
  data = join(temporary.path, 'data');
});

afterAll(async () => {
  service.process.kill('SIGKILL');
  await service.ended();
  await temporary.remove();
});

describe('the first admin', () => {
  it('has a generated password that is in no log, is shown to the operator, and is forgotten once it is changed', async () => {
    const url = await start();
    const words = await admin([]);
    expect(words).toEqual({ code: 0, printed: expect.stringContaining(`${url}/docs`) });
    const password = passwordIn(words);
    expect(service.output()).not.toContain(password);
    expect(await admin([])).toEqual(words);

    const login = await logIn(url, 'admin@waybill.local', password);
    const { accessToken } = (await login.json()) as { readonly accessToken: string };
    const changed = await fetch(`${url}/v1/admin/me/password`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
      body: JSON.stringify({ current: password, new: 'four words that rhyme' }),
    });
    expect(changed.status).toBe(204);
    expect((await admin([])).printed).not.toContain(password);
    expect((await admin([])).printed).toContain('admin@waybill.local');
  });
});

describe('the operator', () => {
  it('resets a forgotten password while the service runs, which ends all logins', async () => {
    const url = `http://127.0.0.1:${new URL(await service.url()).port}`;
    const reset = await admin(['reset-password']);
    expect(reset.code).toBe(0);
    expect((await logIn(url, 'admin@waybill.local', 'four words that rhyme')).status).toBe(401);
    expect((await logIn(url, 'admin@waybill.local', passwordIn(reset))).status).toBe(200);
  });

  it('creates admins and lists them', async () => {
    const url = await service.url();
    const created = await admin(['create', 'ops@example.com', 'auditor']);
    expect((await logIn(url, 'ops@example.com', passwordIn(created))).status).toBe(200);
    const { printed } = await admin(['list']);
    expect(printed).toMatch(
      /^admin@waybill\.local {2}owner {2}last login .*\nops@example\.com {2}auditor {2}last login/,
    );
  });

  it('sets a password of choice from standard input, unless it is easy to guess', async () => {
    const url = await service.url();
    const weak = await admin(['reset-password', 'ops@example.com', '--stdin'], { input: 'Password123!\n' });
    expect(weak).toEqual({ code: 1, printed: expect.stringContaining('easy to guess') });
    const chosen = await admin(['reset-password', 'ops@example.com', '--stdin'], { input: 'plenty of plain words\n' });
    expect(chosen.code).toBe(0);
    expect(chosen.printed).not.toContain('plenty');
    expect((await logIn(url, 'ops@example.com', 'plenty of plain words')).status).toBe(200);
  });

  it('lets in a client that was locked out', async () => {
    const url = await service.url();
    for (let n = 0; n < 5; n += 1) await logIn(url, 'ops@example.com', 'wrong');
    expect((await logIn(url, 'ops@example.com', 'plenty of plain words')).status).toBe(429);
    expect((await admin(['unlock', 'ops@example.com'])).code).toBe(0);
    expect((await logIn(url, 'ops@example.com', 'plenty of plain words')).status).toBe(200);
  });

  it('is told what is wrong', async () => {
    expect(await admin(['reset-password', 'nobody@example.com'])).toEqual({
      code: 1,
      printed: 'No admin has the email address nobody@example.com\n',
    });
    expect(await admin(['dance'])).toEqual({ code: 1, printed: expect.stringContaining('usage') });
    expect(await admin(['create', 'ops@example.com'])).toEqual({ code: 1, printed: expect.stringMatching(/email/) });
  });

  it('uses a socket that is for the owner of the directory only, and on record as the operator', async () => {
    expect((await stat(data)).mode & 0o077).toBe(0);
    expect((await stat(join(data, 'operator.sock'))).mode & 0o077).toBe(0);
  });

  it('does the same while the service does not run, also after it was killed', async () => {
    service.process.kill('SIGKILL');
    await service.ended();
    const words = await admin([]);
    expect(words).toEqual({ code: 0, printed: expect.stringContaining('does not run') });
    const reset = await admin(['reset-password']);
    expect(reset.code).toBe(0);
    const url = await start();
    expect((await logIn(url, 'admin@waybill.local', passwordIn(reset))).status).toBe(200);
    expect((await admin(['list'])).code).toBe(0);
    await stop();
    expect((await admin(['list'])).code).toBe(0);
  });

  it('creates nothing where there is no data', async () => {
    const directory = join(temporary.path, 'empty');
    await mkdir(directory);
    expect(await admin(['list'], { directory })).toEqual({ code: 1, printed: expect.stringContaining('no data') });
  });
});

describe('a given first password', () => {
  it('is refused if it is easy to guess', async () => {
    const directory = join(temporary.path, 'weak');
    const weak = startService({ WAYBILL_DATA_DIR: directory, WAYBILL_ADMIN_PASSWORD: 'password1' });
    expect(await weak.ended()).toBe(1);
    expect(weak.output()).toMatch(/WAYBILL_ADMIN_PASSWORD: This password is easy to guess/);
    expect(weak.output()).not.toMatch(/password1|at .*\.js/);
  });

  it('is never shown', async () => {
    data = join(temporary.path, 'given');
    await start({ WAYBILL_ADMIN_EMAIL: owner.email, WAYBILL_ADMIN_PASSWORD: owner.password });
    const { printed } = await admin([]);
    expect(printed).toContain(owner.email);
    expect(printed + service.output()).not.toContain(owner.password);
  });
});
