import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { userEvents } from '../../src/identity/user.contract.js';
import { eventually } from '../support/eventually.js';
import { startHttp, type Call, type HttpService } from '../support/http.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;
let token: string;
let userId: string;

beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startHttp(directory.path);
  token = await service.logIn();
  const created = await ask('POST /v1/admin/users', { body: { name: 'Ana', email: 'ana@example.com' } });
  userId = String(created.body.id);
  for (const action of ['deactivate', 'activate', 'deactivate']) await ask(`POST /v1/admin/users/${userId}/${action}`);
});

afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

const ask = (route: string, call: Call = {}) => service.call(route, { token, ...call });

describe('a stream', () => {
  it('is read from its first event on, page by page', async () => {
    const first = await ask(`GET /v1/admin/streams/user-${userId}?limit=3`);
    expect(first.status).toBe(200);
    const page = first.body as unknown as { data: { type: string; revision: number }[]; next: string };
    expect(page.data.map(({ type }) => type)).toEqual(['UserRegistered', 'UserDeactivated', 'UserActivated']);
    const second = await ask(`GET /v1/admin/streams/user-${userId}?limit=3&cursor=${page.next}`);
    expect(second.body).toMatchObject({ data: [{ type: 'UserDeactivated', revision: 3 }], next: null });
  });

  it('tells of each event who caused it and from which request', async () => {
    const { body } = await ask(`GET /v1/admin/streams/user-${userId}?limit=1`);
    const schemaVersion = userEvents.types.UserRegistered.version;
    expect(body.data).toEqual([
      expect.objectContaining({
        position: expect.any(Number),
        recordedAt: expect.any(String),
        metadata: expect.objectContaining({ actor: { kind: 'admin', id: expect.any(String) }, schemaVersion }),
      }),
    ]);
  });

  it('that is not there, or has no name that a stream can have, is a problem', async () => {
    expect((await ask('GET /v1/admin/streams/user-nobody')).body).toMatchObject({
      status: 404,
      code: 'stream_not_found',
    });
    expect((await ask('GET /v1/admin/streams/nothing')).body).toMatchObject({ status: 400, code: 'validation_failed' });
  });
});

describe('what follows the log', () => {
  it('is listed with how far it is', async () => {
    await eventually(async () => {
      const { body } = await ask('GET /v1/admin/projections');
      const { data } = body as unknown as { data: { name: string }[] };
      expect(data.find(({ name }) => name === 'users')).toEqual({
        name: 'users',
        kind: 'projection',
        state: 'live',
        position: expect.any(Number),
        lag: { events: 0, seconds: 0 },
        parked: 0,
        trouble: null,
      });
    });
  });

  it('is rebuilt on demand, and shows the same as before', async () => {
    const before = await ask(`GET /v1/admin/users/${userId}`);
    expect((await ask('POST /v1/admin/projections/users/rebuild')).status).toBe(202);
    await eventually(async () => expect((await ask(`GET /v1/admin/users/${userId}`)).body).toEqual(before.body));
    expect((await ask('POST /v1/admin/projections/nothing/rebuild')).body).toMatchObject({
      status: 404,
      code: 'projection_not_found',
    });
  });

  it('has nothing parked, and nothing to retry or skip', async () => {
    expect((await ask('GET /v1/admin/parked')).body).toEqual({ data: [], next: null });
    for (const what of ['retry', 'skip']) {
      expect((await ask(`POST /v1/admin/parked/users:1/${what}`)).body).toMatchObject({
        status: 404,
        code: 'not_parked',
      });
      expect((await ask(`POST /v1/admin/parked/nothing:1/${what}`)).body).toMatchObject({ status: 404 });
      expect((await ask(`POST /v1/admin/parked/users/${what}`)).body).toMatchObject({ status: 400 });
    }
  });
});
