import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultLimits } from '../../src/identity/user.contract.js';
import { startHttp, type Call, type HttpService } from '../support/http.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;
let token: string;

beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startHttp(directory.path);
  token = await service.logIn();
});

afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

const ask = (route: string, call: Call = {}) => service.call(route, { token, ...call });
const create = (body: object, headers = {}) => ask('POST /v1/admin/users', { body, headers });
const user = async (name: string, more: object = {}) =>
  (await create({ name, email: `${name}@example.com`, ...more })).body as { readonly id: string };

describe('a user', () => {
  it('is created with the limits that are asked for, and the default of the others', async () => {
    const answer = await create({ name: ' Ana ', email: 'Ana@Example.com', limits: { maxSessions: 2 } });
    expect(answer.status).toBe(201);
    expect(answer.headers['location']).toBe(`/v1/admin/users/${answer.body.id}`);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      name: 'Ana',
      email: 'ana@example.com',
      status: 'active',
      limits: { ...defaultLimits, maxSessions: 2 },
      timeZone: 'UTC',
      pacing: {},
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect((await ask(`GET ${String(answer.headers['location'])}`)).body).toEqual(answer.body);
  });

  it('is answered with its pacing, which it has from the start, and so again', async () => {
    const body = { name: 'Slow', email: 'slow@example.com', pacing: { messagesPerMinute: 12 } };
    const post = () => create(body, { 'idempotency-key': 'slow' });
    const answer = await post();
    expect(answer.body).toMatchObject({ pacing: { messagesPerMinute: 12 } });
    expect((await post()).text).toBe(answer.text);
    expect((await ask(`GET /v1/admin/users/${answer.body.id}`)).body).toEqual(answer.body);
  });

  it('is changed in what is given, and only in that', async () => {
    const { id } = await user('changing');
    const answer = await ask(`PATCH /v1/admin/users/${id}`, {
      body: { name: 'Changed', email: 'changed@example.com', limits: { requestsPerMinute: 7 } },
    });
    expect(answer.body).toMatchObject({
      name: 'Changed',
      email: 'changed@example.com',
      limits: { ...defaultLimits, requestsPerMinute: 7 },
    });
    expect((await ask(`PATCH /v1/admin/users/${id}`, { body: {} })).body).toEqual(answer.body);
  });

  it('has a day of their own time zone', async () => {
    const { id } = await user('berlin', { timeZone: 'Europe/Berlin' });
    const path = `/v1/admin/users/${id}`;
    expect((await ask(`GET ${path}`)).body).toMatchObject({ timeZone: 'Europe/Berlin' });
    expect((await ask(`PATCH ${path}`, { body: { name: 'Moved' } })).body).toMatchObject({ timeZone: 'Europe/Berlin' });
    const moved = await ask(`PATCH ${path}`, { body: { timeZone: 'Asia/Kolkata' } });
    expect(moved.body).toMatchObject({ name: 'Moved', timeZone: 'Asia/Kolkata' });
    for (const timeZone of ['Mars/Olympus', '+01:00', '', 7]) {
      const refused = await ask(`PATCH ${path}`, { body: { timeZone } });
      expect([refused.status, refused.body.errors?.[0]?.path]).toEqual([400, 'timeZone']);
    }
  });

  it('frees their old email address when they get another one, and when they are deleted', async () => {
    const { id } = await user('first');
    await ask(`PATCH /v1/admin/users/${id}`, { body: { email: 'moved@example.com' } });
    const taken = await create({ name: 'Other', email: 'MOVED@example.com' });
    expect(taken.body).toMatchObject({ status: 409, code: 'email_taken' });
    const second = await claimed('first@example.com');
    await ask(`DELETE /v1/admin/users/${second}`);
    await claimed('first@example.com');
  });

  /** Creates a user with an address as soon as it is free. */
  const claimed = async (email: string): Promise<string> => {
    for (let tries = 0; tries < 200; tries += 1) {
      const answer = await create({ name: 'Next', email });
      if (answer.status === 201) return answer.body.id;
      expect(answer.body.code).toBe('email_taken');
    }
    throw new Error(`${email} stays taken`);
  };

  it('cannot take the email address of another one', async () => {
    await user('holder');
    const { id } = await user('taker');
    const answer = await ask(`PATCH /v1/admin/users/${id}`, { body: { name: 'No', email: 'holder@example.com' } });
    expect(answer.body).toMatchObject({ status: 409, code: 'email_taken' });
    expect((await ask(`GET /v1/admin/users/${id}`)).body).toMatchObject({ name: 'taker', email: 'taker@example.com' });
  });

  it('may have the address of an admin', async () => {
    expect((await create({ name: 'Root', email: 'root@example.com' })).status).toBe(201);
  });

  it('is deactivated and activated', async () => {
    const { id } = await user('sleeper');
    const off = await ask(`POST /v1/admin/users/${id}/deactivate`);
    expect([off.status, off.body.status]).toEqual([200, 'inactive']);
    const on = await ask(`POST /v1/admin/users/${id}/activate`);
    expect([on.status, on.body.status]).toEqual([200, 'active']);
  });

  it('is gone once deleted', async () => {
    const { id } = await user('leaver');
    expect((await ask(`DELETE /v1/admin/users/${id}`)).status).toBe(204);
    for (const route of ['GET', 'DELETE', 'PATCH']) {
      const answer = await ask(`${route} /v1/admin/users/${id}`, route === 'PATCH' ? { body: { name: 'X' } } : {});
      expect(answer.body).toMatchObject({ status: 404, code: 'user_not_found' });
    }
    expect((await ask(`POST /v1/admin/users/${id}/activate`)).status).toBe(404);
  });
});

describe('twenty registrations with one email address at once', () => {
  it('make one user', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => create({ name: `N${n}`, email: 'same@example.com' })),
    );
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
    const listed = await ask('GET /v1/admin/users?q=same');
    expect(listed.body.data).toHaveLength(1);
  });
});

describe('an Idempotency-Key', () => {
  const key = (name: string) => ({ 'idempotency-key': name });

  it('makes one user of twenty requests at once, and tells nineteen that they were replayed', async () => {
    const body = { name: 'Once', email: 'once@example.com' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(body, key('once'))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(19);
  });

  it('answers the same when the fields come in another order', async () => {
    const first = await create({ name: 'Order', email: 'order@example.com' }, key('order'));
    const again = await create({ email: 'order@example.com', name: 'Order' }, key('order'));
    expect(again.text).toBe(first.text);
  });

  it('is refused for another body, and belongs to one caller', async () => {
    await create({ name: 'Mine', email: 'mine@example.com' }, key('shared'));
    const other = await create({ name: 'Mine', email: 'other@example.com' }, key('shared'));
    expect(other.body).toMatchObject({ status: 409, code: 'idempotency_key_reused' });
    await ask('POST /v1/admin/admins', {
      body: { email: 'colleague@example.com', password: 'long enough', role: 'admin' },
    });
    const colleague = await service.logIn({ email: 'colleague@example.com', password: 'long enough' });
    const theirs = await service.call('POST /v1/admin/users', {
      token: colleague,
      body: { name: 'Theirs', email: 'theirs@example.com' },
      headers: key('shared'),
    });
    expect(theirs.status).toBe(201);
  });

  it('is not used up by a request that was refused', async () => {
    const body = { name: 'Later', email: 'once@example.com' };
    expect((await create(body, key('later'))).status).toBe(409);
    expect((await create(body, key('later'))).body.code).toBe('email_taken');
    expect((await create({ name: '' }, key('invalid'))).status).toBe(400);
    expect((await create({ name: 'Valid', email: 'valid@example.com' }, key('invalid'))).status).toBe(201);
    const mended = await create({ ...body, email: 'later@example.com' }, key('later'));
    expect([mended.status, mended.headers['idempotent-replayed']]).toEqual([201, undefined]);
    expect((await create(body, key('later'))).body.code).toBe('idempotency_key_reused');
  });

  it('gets the first answer again after the user was changed and deleted', async () => {
    const body = { name: 'First', email: 'replayed@example.com' };
    const first = await create(body, key('first'));
    await ask(`PATCH /v1/admin/users/${first.body.id}`, { body: { name: 'Second' } });
    expect((await create(body, key('first'))).text).toBe(first.text);
    await ask(`DELETE /v1/admin/users/${first.body.id}`);
    const again = await create(body, key('first'));
    expect([again.status, again.text, again.headers['idempotent-replayed']]).toEqual([201, first.text, 'true']);
  });

  it.each(['', 'with space', 'é', 'x'.repeat(256)])('is refused where it cannot be one: %j', async (name) => {
    const answer = await create({ name: 'X', email: 'never@example.com' }, key(name));
    expect(answer.body).toMatchObject({
      status: 400,
      code: 'validation_failed',
      errors: [{ path: 'Idempotency-Key' }],
    });
  });

  it('is remembered over a restart', async () => {
    const body = { name: 'Kept', email: 'kept@example.com' };
    const first = await create(body, key('kept'));
    await service.app.close();
    service = await startHttp(directory.path);
    const again = await create(body, key('kept'));
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.text).toBe(first.text);
  });
});

describe('the list of users', () => {
  it('is paged newest first, each user once, while new ones arrive', async () => {
    const made: string[] = [];
    for (let n = 0; n < 7; n += 1) made.push((await user(`paged${n}`)).id);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await ask(`GET /v1/admin/users?limit=3&q=paged${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      expect(page.status).toBe(200);
      seen.push(...(page.body.data as { id: string }[]).map(({ id }) => id));
      cursor = page.body.next;
      await user(`late${seen.length}`, { name: 'paged late' });
    }
    expect(seen).toEqual(made.reverse());
  });

  it('is searched by words of name and address, and filtered by status', async () => {
    const { id } = await user('needle', { name: 'Café Ångström' });
    await user('needless', { name: 'Hay' });
    await ask(`POST /v1/admin/users/${id}/deactivate`);
    const ids = async (query: string) =>
      ((await ask(`GET /v1/admin/users?${query}`)).body.data as { id: string }[]).map((found) => found.id);
    expect(await ids('q=angstrom%20caf')).toEqual([id]);
    expect(await ids('q=needle&status=inactive')).toEqual([id]);
    expect(await ids('q=needle')).toHaveLength(2);
    expect(await ids('q=needle&status=active')).not.toContain(id);
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'status=gone', 'color=red', 'q=', 'limit=1&limit=2'])(
    'refuses %s',
    async (query) => {
      expect((await ask(`GET /v1/admin/users?${query}`)).body).toMatchObject({
        status: 400,
        code: 'validation_failed',
      });
    },
  );

  it('refuses a cursor that it did not give', async () => {
    expect((await ask('GET /v1/admin/users?cursor=abc')).body).toMatchObject({ status: 400, code: 'invalid_cursor' });
  });
});
