import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { startHttp, type HttpService } from '../support/http.js';
import { owner } from '../support/owner.js';
import { startService, startTimeoutMs } from '../support/service.js';
import { databaseBytes } from '../support/mongodb-server/open-on.js';
import { serverVariables } from '../support/server-variables.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeAll(async () => void (directory = await temporaryDirectory()));
afterAll(() => directory.remove());

/** Goes through everything that has to do with secrets, and returns them, what was answered afterwards, and what was recorded. */
const live = async (service: HttpService) => {
  const password = 'a password of its own';
  const first = (await service.call('POST /v1/admin/auth/login', { body: owner })).body;
  const token = first.accessToken as string;
  const email = 'watcher@example.com';
  const idempotent = { 'idempotency-key': 'k' };
  const other = { 'idempotency-key': 'other' };
  const admin = { email, password, role: 'auditor' };
  await service.call('POST /v1/admin/admins', { token, body: admin, headers: other });
  await service.call('POST /v1/admin/auth/login', { body: { email, password: 'not the password' } });
  const second = (await service.call('POST /v1/admin/auth/refresh', { body: { refreshToken: first.refreshToken } }))
    .body;
  const user = await service.call('POST /v1/admin/users', { token, body: { name: 'U', email: 'u@example.com' } });
  const keys = `/v1/admin/users/${user.body.id}/api-keys`;
  const issued = await service.call(`POST ${keys}`, { token, body: { name: 'k' }, headers: idempotent });
  const secret = issued.body.secret as string;
  const answers = [
    await service.call('GET /v1/limits', { key: secret }),
    await service.call('GET /v1/limits', { key: `${secret}x` }),
    await service.call(`POST ${keys}`, { token, body: { name: 'k' }, headers: idempotent }),
    await service.call(`GET ${keys}`, { token }),
    await service.call('GET /v1/admin/admins', { token }),
    await service.call('GET /v1/admin/me', { token: second.accessToken }),
    await service.call('GET /v1/admin/me', { token: `${second.accessToken}x` }),
  ];
  const secrets = [
    owner.password,
    password,
    'not the password',
    ...[first, second].flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]),
    secret,
    secret.slice(-43),
  ];
  return { secrets, answers: answers.map(({ text, headers }) => text + JSON.stringify(headers)).join('\n') };
};

describe('a secret', () => {
  it('is in no event, view, log line, file or answer but the one that gives it', async () => {
    const service = await startHttp(directory.path);
    const { secrets, answers } = await live(service);
    const events = JSON.stringify(await service.events());
    await service.app.close();
    const files = await Promise.all(
      (await readdir(directory.path, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')),
    );
    const { MONGODB_URI: uri } = serverVariables(directory.path);
    const database = uri === undefined ? '' : (await databaseBytes(uri)).toString('latin1');
    expect(files.length + database.length).toBeGreaterThan(2);
    const places = { answers, events, log: service.logged(), files: files.join('\n'), database };
    expect(places.log).toContain('successfully started');
    for (const [place, text] of Object.entries(places)) {
      for (const secret of secrets) expect([place, text.includes(secret)]).toEqual([place, false]);
    }
  });

  it('is not part of the name of a stream, and no email address is', async () => {
    const service = await startHttp(directory.path);
    const streams = (await service.events()).map(({ stream }) => stream);
    await service.app.close();
    expect(streams.filter((stream) => stream.startsWith('email-')).length).toBeGreaterThan(2);
    expect(streams.join('\n')).not.toMatch(/@|example|root|watcher/);
  });
});

describe('the first admin’s password', () => {
  it('is known to the operator and in no log, however often the first start is interrupted', async () => {
    const own = await temporaryDirectory();
    for (let start = 0; start < 4; start += 1) {
      const service = startService({ WAYBILL_DATA_DIR: own.path });
      // Killed once the last of the stores is there: while the admin is made, as a rule.
      await eventually(() => existsSync(join(own.path, 'credentials.db')), startTimeoutMs);
      service.process.kill('SIGKILL');
      await service.ended();
    }
    const service = startService({ WAYBILL_DATA_DIR: own.path });
    const url = await service.url();
    const env = { PATH: process.env['PATH'], WAYBILL_DATA_DIR: own.path };
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/app/operator.js', 'admin'], { env });
    const password = /password {2}(\S+)\n/.exec(stdout)?.[1] ?? '';
    expect(password).toHaveLength(24);

    const login = await fetch(`${url}/v1/admin/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'admin@waybill.local', password }),
    });
    expect(login.status).toBe(200);
    const { accessToken } = (await login.json()) as { accessToken: string };
    const admins = await fetch(`${url}/v1/admin/admins`, { headers: { authorization: `Bearer ${accessToken}` } });
    expect(await admins.json()).toMatchObject({ data: [{ role: 'owner' }], next: null });
    expect(service.output()).not.toContain(password);
    expect(service.output()).not.toMatch(/"[^"]*password[^"]*":"(?!\[redacted)/);
    service.process.kill('SIGTERM');
    await service.ended();
    await own.remove();
  });
});
