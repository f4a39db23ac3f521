import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startHttp, type HttpService } from '../support/http.js';
import { owner } from '../support/owner.js';
import { freeClock, passSeconds } from '../support/http-time.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;

beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startHttp(directory.path);
});

afterEach(freeClock);

afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

const restart = async (): Promise<void> => {
  await service.app.close();
  service = await startHttp(directory.path);
};

const login = (body: unknown) => service.call('POST /v1/admin/auth/login', { body });
const refresh = (refreshToken: string) => service.call('POST /v1/admin/auth/refresh', { body: { refreshToken } });
const me = (token: string) => service.call('GET /v1/admin/me', { token });

const tokens = async (): Promise<{ readonly accessToken: string; readonly refreshToken: string }> =>
  (await login(owner)).body;

/** An admin that only this test knows. */
const newAdmin = async (role: 'owner' | 'admin' | 'auditor', name: string) => {
  const credentials = { email: `${name}@example.com`, password: `password of ${name}` };
  const created = await service.call('POST /v1/admin/admins', {
    token: await service.logIn(),
    body: { ...credentials, role },
  });
  expect(created.status).toBe(201);
  return { id: created.body.id as string, credentials, ...credentials };
};

describe('the first admin', () => {
  it('is an owner and is made once, however often the service starts', async () => {
    await restart();
    const list = await service.call('GET /v1/admin/admins', { token: await service.logIn() });
    expect(list.body.data).toEqual([
      expect.objectContaining({ email: owner.email, role: 'owner', lastLoginAt: expect.any(String) }),
    ]);
    expect((await service.events()).filter(({ type }) => type === 'AdminCreated')).toHaveLength(1);
  });
});

describe('a login', () => {
  it('gives a pair of tokens, and says who came in', async () => {
    const answer = await login({ ...owner, email: 'ROOT@example.com' });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      tokenType: 'Bearer',
      expiresIn: 900,
      admin: expect.objectContaining({ email: owner.email, role: 'owner' }),
    });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect((await me(answer.body.accessToken)).body).toEqual(answer.body.admin);
  });

  it('ends when its access token is a quarter of an hour old, and not before', async () => {
    const { accessToken } = await tokens();
    passSeconds(890);
    expect((await me(accessToken)).status).toBe(200);
    passSeconds(20);
    const answer = await me(accessToken);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer, ApiKey');
    expect(answer.body).toMatchObject({ code: 'unauthorized', title: 'Not authenticated' });
  });

  it('goes on with a new pair for each refresh token', async () => {
    const first = await tokens();
    passSeconds(1000);
    const second = await refresh(first.refreshToken);
    expect(second.status).toBe(200);
    expect(second.body).toMatchObject({ tokenType: 'Bearer', expiresIn: 900 });
    expect((await me(second.body.accessToken)).status).toBe(200);
    expect((await refresh(second.body.refreshToken)).status).toBe(200);
  });

  it('is ended, with everything that came of it, by a refresh token that is used twice', async () => {
    const first = await tokens();
    const other = await tokens();
    const second = (await refresh(first.refreshToken)).body;
    expect((await refresh(first.refreshToken)).status).toBe(401);
    expect((await refresh(second.refreshToken)).status).toBe(401);
    expect((await me(first.accessToken)).status).toBe(401);
    expect((await me(second.accessToken)).status).toBe(401);
    expect((await me(other.accessToken)).status).toBe(200);
  });

  it('goes on once at the most when a refresh token is used ten times at once', async () => {
    const { refreshToken } = await tokens();
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)));
    const renewed = answers.filter(({ status }) => status === 200);
    expect(renewed.length).toBeLessThanOrEqual(1);
    const afterwards = await Promise.all(renewed.map(({ body }) => me(body.accessToken)));
    expect(afterwards.map(({ status }) => status)).toEqual(renewed.map(() => 401));
  });

  it('does not go on after a week without use, or a month with it', async () => {
    const unused = await tokens();
    let used = await tokens();
    passSeconds(7 * 24 * 3600 + 1);
    expect((await refresh(unused.refreshToken)).status).toBe(401);
    freeClock();

    used = await tokens();
    for (const _week of [1, 2, 3, 4, 5]) {
      passSeconds(6 * 24 * 3600);
      const answer = await refresh(used.refreshToken);
      if (answer.status === 200) used = answer.body;
    }
    expect((await refresh(used.refreshToken)).status).toBe(401);
  });

  it('takes no refresh token that is made up', async () => {
    const { refreshToken, accessToken } = await tokens();
    const forged = refreshToken.replace('_0_', '_1_');
    for (const made of [forged, accessToken, 'wr_', 'x', `${refreshToken}x`]) {
      expect((await refresh(made)).body).toMatchObject({ status: 401, code: 'unauthorized' });
    }
    expect((await me(accessToken)).status).toBe(200);
  });
});

describe('a logout', () => {
  it('stops both tokens at once, and for good', async () => {
    const before = await tokens();
    const after = (await refresh(before.refreshToken)).body;
    const out = await service.call('POST /v1/admin/auth/logout', { token: after.accessToken });
    expect(out.status).toBe(204);
    for (const _start of [1, 2]) {
      expect((await me(before.accessToken)).status).toBe(401);
      expect((await me(after.accessToken)).status).toBe(401);
      expect((await refresh(after.refreshToken)).status).toBe(401);
      await restart();
    }
  });

  it('leaves other logins alone, also over a restart', async () => {
    const [one, other] = [await tokens(), await tokens()];
    await service.call('POST /v1/admin/auth/logout', { token: one.accessToken });
    await restart();
    expect((await me(other.accessToken)).status).toBe(200);
  });
});

describe('an admin', () => {
  it('who is disabled is out at once, with all tokens', async () => {
    const admin = await newAdmin('admin', 'gone');
    const token = await service.logIn(admin.credentials);
    const { refreshToken } = (await login(admin.credentials)).body;
    const ownerToken = await service.logIn();
    expect((await service.call(`DELETE /v1/admin/admins/${admin.id}`, { token: ownerToken })).status).toBe(204);
    expect((await me(token)).status).toBe(401);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await login(admin.credentials)).status).toBe(401);
    await restart();
    expect((await login(admin.credentials)).status).toBe(401);
    expect((await newAdmin('auditor', 'gone')).id).not.toBe(admin.id); // the address is free again
  });

  it('whose role changes has the new one at once, with the old token', async () => {
    const admin = await newAdmin('auditor', 'rising');
    const token = await service.logIn(admin.credentials);
    const create = () => service.call('POST /v1/admin/users', { token, body: { name: 'X', email: 'x@example.com' } });
    expect((await create()).body).toMatchObject({ status: 403, code: 'permission_missing' });
    const changed = await service.call(`PATCH /v1/admin/admins/${admin.id}`, {
      token: await service.logIn(),
      body: { role: 'admin' },
    });
    expect(changed.body).toMatchObject({ id: admin.id, role: 'admin' });
    expect((await create()).status).toBe(201);
  });

  it('who gets a new password is logged out everywhere, and in again with the new one only', async () => {
    const admin = await newAdmin('admin', 'changing');
    const token = await service.logIn(admin.credentials);
    const password = 'a completely new one';
    const changed = await service.call(`PATCH /v1/admin/admins/${admin.id}`, {
      token: await service.logIn(),
      body: { password },
    });
    expect(changed.status).toBe(200);
    expect((await me(token)).status).toBe(401);
    expect((await login(admin.credentials)).status).toBe(401);
    expect((await login({ email: admin.email, password })).status).toBe(200);
  });

  it('is created once with an Idempotency-Key, and its address is taken for others', async () => {
    const token = await service.logIn();
    const body = { email: 'twice@example.com', password: 'long enough', role: 'auditor' };
    const create = (key: string, asked: object = body) =>
      service.call('POST /v1/admin/admins', { token, body: asked, headers: { 'idempotency-key': key } });
    const first = await create('a');
    expect(first.headers['location']).toBe(`/v1/admin/admins/${first.body.id}`);
    const again = await create('a');
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.body).toEqual(first.body);
    expect((await create('b')).body).toMatchObject({ status: 409, code: 'email_taken' });
    expect((await create('a', { ...body, role: 'owner' })).body).toMatchObject({ code: 'idempotency_key_reused' });
  });
});

describe('owners', () => {
  it('never become none, even when the last two remove each other at once', async () => {
    const token = await service.logIn();
    const list = await service.call('GET /v1/admin/admins?limit=100', { token });
    const root = (list.body.data as { id: string; email: string }[]).find(({ email }) => email === owner.email);
    const last = await service.call(`PATCH /v1/admin/admins/${root?.id}`, { token, body: { role: 'admin' } });
    expect(last.body).toMatchObject({ status: 422, code: 'last_owner' });
    expect((await service.call(`DELETE /v1/admin/admins/${root?.id}`, { token })).status).toBe(422);

    for (const round of [1, 2, 3]) {
      const second = await newAdmin('owner', `second${round}`);
      const answers = await Promise.all(
        [root?.id, second.id].map((id) =>
          service.call(`PATCH /v1/admin/admins/${id}`, { token, body: { role: 'auditor' } }),
        ),
      );
      const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
      expect([
        [200, 422],
        [200, 403],
      ]).toContainEqual(statuses);
      const left = answers.find(({ status }) => status !== 200);
      expect(left).toBeDefined();
      if (answers[0]?.status !== 200) continue; // the second one was demoted
      const back = await service.logIn(second.credentials);
      await service.call(`PATCH /v1/admin/admins/${root?.id}`, { token: back, body: { role: 'owner' } });
      await service.call(`PATCH /v1/admin/admins/${second.id}`, { token: back, body: { role: 'auditor' } });
    }
  });
});
