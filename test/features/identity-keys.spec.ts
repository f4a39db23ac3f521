import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultLimits } from '../../src/identity/user.contract.js';
import { Scope } from '../../src/platform/http/access.contract.js';
import { startHttp, type Call, type HttpService } from '../support/http.js';
import { freeClock, passSeconds, setClock } from '../support/http-time.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;
let token: string;
let userId: string;
let count = 0;

beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startHttp(directory.path, { trustedProxies: ['10.9.9.9'] });
  token = await service.logIn();
  userId = await newUser();
});

afterEach(freeClock);

afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

const ask = (route: string, call: Call = {}) => service.call(route, { token, ...call });

const newUser = async (limits: object = {}): Promise<string> => {
  const body = { name: 'Shop', email: `shop${(count += 1)}@example.com`, limits };
  return (await ask('POST /v1/admin/users', { body })).body.id;
};

const issue = (body: object = {}, of = userId, headers = {}) =>
  ask(`POST /v1/admin/users/${of}/api-keys`, { body: { name: 'key', ...body }, headers });

/** What is left of a limit of the day. */
const unused = (limit: number) => ({
  limit,
  used: 0,
  remaining: limit,
  resetAfter: expect.any(Number),
  resetsAt: expect.any(String),
});
const limits = (key: string, call: Call = {}) => service.call('GET /v1/limits', { key, ...call });

describe('an API key', () => {
  it('is shown once, works, and is listed without its secret', async () => {
    const issued = await issue({ name: 'Server', scopes: ['messages:send', 'messages:send'] });
    expect(issued.status).toBe(201);
    expect(issued.headers['cache-control']).toBe('no-store');
    const { secret, ...key } = issued.body;
    expect(secret).toMatch(new RegExp(`^wb_${key.id}_[A-Za-z0-9_-]{43}$`));
    expect(key).toEqual({
      id: expect.any(String),
      userId,
      name: 'Server',
      scopes: ['messages:send'],
      expiresAt: null,
      allowedIps: [],
      lastUsedAt: null,
      createdAt: expect.any(String),
    });
    expect(issued.headers['location']).toBe(`/v1/admin/users/${userId}/api-keys/${key.id}`);
    const listed = await ask(`GET /v1/admin/users/${userId}/api-keys`);
    expect(listed.body.data).toContainEqual(key);
    expect(listed.text).not.toContain(secret.slice(-43));

    const refused = await limits(secret);
    expect(refused.body).toMatchObject({ status: 403, code: 'permission_missing' });
    expect(refused.headers).toHaveProperty('x-ratelimit-remaining');
  });

  it('shows what is left of the limits where it has that scope', async () => {
    const { secret } = (await issue({ scopes: ['usage:read'] })).body;
    const answer = await limits(secret);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      limits: defaultLimits,
      timeZone: 'UTC',
      requests: expect.any(Object),
      messages: unused(defaultLimits.maxMessagesPerDay),
      recipients: unused(defaultLimits.maxRecipientsPerDay),
      messagesPerMinute: [],
    });
  });

  it('may do everything unless it is said what', async () => {
    expect((await issue()).body.scopes).toEqual(Scope.options);
  });

  it('is refused when a letter is wrong, left out or added', async () => {
    const { secret, id } = (await issue()).body;
    const other = (await issue()).body.secret as string;
    const wrong = [
      secret.slice(0, -1),
      `${secret}A`,
      secret.slice(0, -1) + (secret.endsWith('A') ? 'B' : 'A'),
      `wb_${id}_${other.slice(-43)}`,
      secret.toUpperCase(),
      secret.slice(3),
      'wb_',
      'x'.repeat(5000),
    ];
    for (const key of wrong) {
      const answer = await limits(key);
      expect(answer.body).toMatchObject({ status: 401, code: 'unauthorized' });
      expect(answer.headers).not.toHaveProperty('x-ratelimit-limit');
    }
    expect((await limits(secret)).status).toBe(200);
  });

  it('stops working at once when it is revoked, and stays revoked', async () => {
    const { secret, id } = (await issue()).body;
    expect((await limits(secret)).status).toBe(200);
    expect((await ask(`DELETE /v1/admin/users/${userId}/api-keys/${id}`)).status).toBe(204);
    expect((await limits(secret)).status).toBe(401);
    expect((await ask(`DELETE /v1/admin/users/${userId}/api-keys/${id}`)).body.code).toBe('api_key_not_found');
  });

  it('is revoked under its own user only', async () => {
    const { secret, id } = (await issue()).body;
    const other = await newUser();
    const answer = await ask(`DELETE /v1/admin/users/${other}/api-keys/${id}`);
    expect(answer.body).toMatchObject({ status: 404, code: 'api_key_not_found' });
    expect((await limits(secret)).status).toBe(200);
  });

  it('expires to the second', async () => {
    setClock(Date.now());
    const { secret } = (await issue({ expiresAt: new Date(Date.now() + 60_000).toISOString() })).body;
    passSeconds(59);
    expect((await limits(secret)).status).toBe(200);
    passSeconds(1);
    expect((await limits(secret)).body).toMatchObject({ status: 401, code: 'api_key_expired' });
    const late = await issue({ expiresAt: new Date(Date.now() - 1).toISOString() });
    expect(late.body).toMatchObject({ status: 422, code: 'expires_in_the_past' });
  });

  it('answers user_inactive while its user is deactivated, and nothing after they are deleted', async () => {
    const of = await newUser();
    const { secret } = (await issue({}, of)).body;
    await ask(`POST /v1/admin/users/${of}/deactivate`);
    expect((await limits(secret)).body).toMatchObject({ status: 403, code: 'user_inactive' });
    await ask(`POST /v1/admin/users/${of}/activate`);
    expect((await limits(secret)).status).toBe(200);
    await ask(`DELETE /v1/admin/users/${of}`);
    expect((await limits(secret)).body).toMatchObject({ status: 401, code: 'unauthorized' });
    expect((await ask(`GET /v1/admin/users/${of}/api-keys`)).status).toBe(404);
    expect((await issue({}, of)).status).toBe(404);
  });

  it('works from the allowed addresses only, also where IPv4 is written as IPv6', async () => {
    const { secret } = (await issue({ allowedIps: ['203.0.113.0/24', '2001:db8::7'] })).body;
    const from = async (address: string) => (await limits(secret, { from: address })).status;
    expect(await Promise.all(['203.0.113.9', '::ffff:203.0.113.9', '2001:db8::7'].map(from))).toEqual([200, 200, 200]);
    expect(await Promise.all(['203.0.114.9', '127.0.0.1', '2001:db8::8'].map(from))).toEqual([403, 403, 403]);
    expect((await limits(secret)).body).toMatchObject({ code: 'ip_not_allowed' });
  });

  it('believes X-Forwarded-For from the trusted proxy, and from nobody else', async () => {
    const { secret } = (await issue({ allowedIps: ['203.0.113.9'] })).body;
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    expect((await limits(secret, { headers, from: '10.9.9.9' })).status).toBe(200);
    expect((await limits(secret, { headers, from: '10.9.9.8' })).status).toBe(403);
    const forged = { 'x-forwarded-for': '203.0.113.9, 198.51.100.1' };
    expect((await limits(secret, { headers: forged, from: '10.9.9.9' })).status).toBe(403);
  });

  it.each([
    { allowedIps: ['10.0.0.0/40'] },
    { allowedIps: ['localhost'] },
    { scopes: ['everything'] },
    { scopes: [] },
    { expiresAt: 'tomorrow' },
    { name: '' },
    { name: 'a\u0000b' },
    { secret: 'mine' },
  ])('is not issued with %j', async (body) => {
    expect((await issue(body)).body).toMatchObject({ status: 400, code: 'validation_failed' });
  });

  it('is issued once for an Idempotency-Key, and shows its secret to the first request only', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => issue({ name: 'once' }, userId, { 'idempotency-key': 'key' })),
    );
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    const secrets = answers.map(({ body }) => body.secret).filter(Boolean);
    expect(secrets).toHaveLength(1);
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(9);
    expect((await limits(secrets[0])).status).toBe(200);
    await ask(`DELETE /v1/admin/users/${userId}/api-keys/${answers[0]?.body.id}`);
    const late = await issue({ name: 'once' }, userId, { 'idempotency-key': 'key' });
    expect([late.status, late.body]).toMatchObject([201, { id: answers[0]?.body.id, secret: null }]);
    expect(late.body.secretNotice).toContain('issue another');
  });
});

describe('the rate of requests', () => {
  it('is limited per user, over all keys, counted down in headers, and starts anew after a minute', async () => {
    setClock(Date.now());
    const of = await newUser({ requestsPerMinute: 3 });
    const { secret } = (await issue({}, of)).body;
    const other = (await issue({}, of)).body.secret as string;
    const left = async () => {
      const { status, headers } = await limits(secret);
      return [status, headers['x-ratelimit-limit'], headers['x-ratelimit-remaining'], headers['x-ratelimit-reset']];
    };
    expect(await left()).toEqual([200, '3', '2', '60']);
    passSeconds(10);
    expect(await left()).toEqual([200, '3', '1', '50']);
    const { requests } = (await limits(secret)).body;
    expect(requests).toMatchObject({ limit: 3, used: 3, remaining: 0, resetAfter: 50 });
    expect(Date.parse(requests.resetsAt) - Date.now()).toBe(50_000);
    const refused = await limits(secret);
    expect(refused.body).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(refused.headers).toMatchObject({ 'retry-after': '50', 'x-ratelimit-remaining': '0' });
    expect((await limits(other)).status).toBe(429);
    passSeconds(51);
    expect(await left()).toEqual([200, '3', '2', '60']);
  });

  it('follows a new limit at once', async () => {
    const of = await newUser({ requestsPerMinute: 1 });
    const { secret } = (await issue({}, of)).body;
    await limits(secret);
    expect((await limits(secret)).status).toBe(429);
    await ask(`PATCH /v1/admin/users/${of}`, { body: { limits: { requestsPerMinute: 100 } } });
    expect((await limits(secret)).status).toBe(200);
  });

  it('is exact when all come at once', async () => {
    const { secret } = (await issue({}, await newUser({ requestsPerMinute: 10 }))).body;
    const answers = await Promise.all(Array.from({ length: 50 }, () => limits(secret)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
  });
});

describe('what was decided about keys', () => {
  it('holds after a restart', async () => {
    const kept = (await issue()).body;
    const revoked = (await issue()).body;
    await ask(`DELETE /v1/admin/users/${userId}/api-keys/${revoked.id}`);
    await service.app.close();
    service = await startHttp(directory.path);
    expect((await limits(kept.secret)).status).toBe(200);
    expect((await limits(revoked.secret)).status).toBe(401);
  });
});
