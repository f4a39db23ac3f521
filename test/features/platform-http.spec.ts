import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startHttp, type Call, type HttpService } from '../support/http.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;
let token: string;
let key: string;
let count = 0;

beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startHttp(directory.path);
  token = await service.logIn();
  const user = await ask('POST /v1/admin/users', { body: { name: 'Shop', email: 'shop@example.com' } });
  key = (await ask(`POST /v1/admin/users/${user.body.id}/api-keys`, { body: { name: 'k' } })).body.secret;
});

afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

const ask = (route: string, call: Call = {}) => service.call(route, { token, ...call });
const newUser = (fields: object) =>
  ask('POST /v1/admin/users', { body: { name: 'U', email: `u${(count += 1)}@example.com`, ...fields } });

describe('null', () => {
  it('for an optional field of a body is the same as leaving it out', async () => {
    expect((await newUser({ limits: null })).status).toBe(201);
    const user = (await newUser({ limits: { maxSessions: null, requestsPerMinute: 7 } })).body;
    expect(user.limits).toMatchObject({ maxSessions: 5, requestsPerMinute: 7 });
    const changed = await ask(`PATCH /v1/admin/users/${user.id}`, { body: { name: 'V', email: null, limits: null } });
    expect(changed.body).toMatchObject({ name: 'V', email: user.email });
  });

  it('for a required or an unknown field is refused', async () => {
    const required = await newUser({ name: null });
    expect(required.body).toMatchObject({ status: 400, errors: [{ path: 'name' }] });
    const unknown = await newUser({ nonsense: null, limits: { more: 1 } });
    expect(unknown.body).toMatchObject({ status: 400, code: 'validation_failed' });
    expect(unknown.body.errors).toEqual(
      expect.arrayContaining([
        { path: 'nonsense', message: 'There is no such field' },
        { path: 'limits.more', message: 'There is no such field' },
      ]),
    );
    expect((await newUser({ limits: [null] })).status).toBe(400);
  });
});

describe('a request without a body', () => {
  it('to a route that takes none may have an empty one, and no fields', async () => {
    const session = (await service.call('POST /v1/sessions', { key })).body;
    const stop = (body: unknown) => service.call(`POST /v1/sessions/${session.id}/stop`, { key, body });
    expect((await stop({ force: true })).body).toMatchObject({
      status: 400,
      code: 'validation_failed',
      errors: [{ path: 'force', message: 'There is no such field' }],
    });
    expect((await stop([1])).status).toBe(400);
    expect((await stop({})).status).toBe(202);
  });

  it('is the same as one with an empty object', async () => {
    const json = { 'content-type': 'application/json' };
    for (const call of [{ key }, { key, headers: json }, { key, body: {} }]) {
      expect((await service.call('POST /v1/sessions', call)).status).toBe(202);
    }
    expect((await ask('POST /v1/admin/users')).body).toMatchObject({ code: 'validation_failed' });
    const { paths } = (await service.call('GET /openapi.json')).body;
    expect(paths['/v1/sessions'].post.requestBody.required).toBe(false);
    expect(paths['/v1/admin/users'].post.requestBody.required).toBe(true);
  });
});

describe('HEAD', () => {
  it.each(['/v1/limits', '/v1/messages', '/health/live'])('answers as GET does, without the body: %s', async (path) => {
    const get = await service.call(`GET ${path}`, { key });
    const head = await service.call(`HEAD ${path}`, { key });
    expect([head.status, head.text]).toEqual([get.status, '']);
    expect(head.headers).toMatchObject({
      'content-type': get.headers['content-type'],
      'x-content-type-options': 'nosniff',
    });
    expect((await service.call('HEAD /v1/limits')).status).toBe(401);
  });
});

describe('another method than those of a path', () => {
  it.each([
    ['DELETE /v1/limits', 'GET, HEAD'],
    ['PUT /v1/admin/users/0199a3c4-1f00-7000-8000-000000000001', 'DELETE, GET, HEAD, PATCH'],
    ['GET /v1/admin/auth/login', 'POST'],
    ['OPTIONS /v1/messages', 'GET, HEAD, POST'],
    ['POST /health/live', 'GET, HEAD'],
    ['POST /openapi.json', 'GET, HEAD'],
    ['TRACE /v1/messages', 'GET, HEAD, POST'],
    ['PROPFIND /v1/messages/0199a3c4-1f00-7000-8000-000000000001?x=1', 'DELETE, GET, HEAD, PATCH'],
    ['MKCOL /v1/admin/auth/login', 'POST'],
  ])('is refused with those that it has: %s', async (route, allow) => {
    const answer = await service.call(route, { headers: { 'content-type': 'application/json' }, body: '{broken' });
    expect(answer.body).toMatchObject({ status: 405, code: 'method_not_allowed' });
    expect(answer.headers['allow']).toBe(allow);
  });
});

describe('every answer', () => {
  const login = 'POST /v1/admin/auth/login';
  it.each<[string, string, Call, number]>([
    ['a good one', 'GET /v1/limits', {}, 200],
    ['an unknown path', 'GET /v1/nowhere', {}, 404],
    ['an unknown path with a broken body', 'POST /v1/nowhere', { body: '{' }, 404],
    ['a malformed URL', 'GET /v1/admin/users/%E0%A4%A', {}, 400],
    ['a segment that is too long', `GET /v1/admin/users/${'x'.repeat(600)}`, {}, 414],
    ['a body that is no JSON', login, { body: '{' }, 400],
    ['another media type', login, { body: 'x', headers: { 'content-type': 'text/plain' } }, 415],
    ['another method', 'DELETE /v1/limits', {}, 405],
    ['missing credentials', 'GET /v1/admin/me', { headers: { authorization: 'x' } }, 401],
  ])('has the headers of all answers: %s', async (_what, route, call, status) => {
    const answer = await service.call(route, { key, ...call, headers: { 'x-request-id': 'mine', ...call.headers } });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'x-request-id': 'mine',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    });
    expect(answer.text).not.toMatch(/fastify|zod|FST_|Invalid input|url component|expected|received|is set to/i);
    if (status === 200) return;
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ status, requestId: 'mine', code: expect.any(String) });
    expect(answer.body.detail.toLowerCase()).not.toBe(answer.body.title.toLowerCase());
  });
});

describe('a body', () => {
  const login = (body: unknown) => service.call('POST /v1/admin/auth/login', { body });
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

  it('of a login is 4 KB at the most', async () => {
    expect((await login({ email: 'a@example.com', password: 'x'.repeat(5000) })).body).toMatchObject({
      status: 413,
      code: 'too_large',
    });
  });

  it('is nested 32 levels deep at the most, and has 1,000 keys', async () => {
    expect((await login(nested(33))).body).toMatchObject({ code: 'malformed_request', detail: expect.any(String) });
    expect((await login(nested(32))).body).toMatchObject({ code: 'validation_failed' });
    const keys = (many: number) => Object.fromEntries(Array.from({ length: many }, (_, index) => [`k${index}`, 0]));
    expect((await ask('POST /v1/admin/users', { body: keys(1001) })).body.code).toBe('malformed_request');
    expect((await ask('POST /v1/admin/users', { body: keys(1000) })).body.code).toBe('validation_failed');
  });

  it('that is refused is not sent back: the answer is short', async () => {
    const body = { name: 'x', email: 'x@example.com', ['y'.repeat(500_000)]: 1 };
    const answer = await ask('POST /v1/admin/users', { body });
    expect(answer.status).toBe(400);
    expect(answer.text.length).toBeLessThan(2000);
  });
});

it('a process without the role api answers what monitoring asks, and nothing else', async () => {
  const other = await temporaryDirectory();
  const worker = await startHttp(other.path, { variables: { WAYBILL_ROLES: 'sessions,workers' } });
  expect((await worker.call('GET /health/live')).body).toEqual({ status: 'live' });
  expect((await worker.call('GET /health/ready')).body).toMatchObject({ status: 'ready' });
  const others = [
    'GET /v1/sessions',
    'POST /v1/admin/auth/login',
    'GET /v1/ws',
    'GET /docs',
    'GET /openapi.json',
    'GET /x',
  ];
  for (const route of others) {
    const { status, headers, body } = await worker.call(route, { key });
    expect([route, status, body]).toEqual([
      route,
      503,
      expect.objectContaining({ code: 'no_api_here', detail: expect.stringContaining('the role api') }),
    ]);
    expect(headers['retry-after']).toBe('5');
  }
  await worker.app.close();
  await other.remove();
});
