import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startHttp, type HttpService } from '../support/http.js';
import { owner } from '../support/owner.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;

beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startHttp(directory.path);
});

afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

const admins = 'POST /v1/admin/admins';
const changeOwn = (token: string, body: object, from?: string) =>
  service.call('POST /v1/admin/me/password', { token, body, ...(from !== undefined && { from }) });

describe('an admin’s own password', () => {
  it.each(['owner', 'admin', 'auditor'])(
    'is changed by an admin with the role %s, which ends all logins',
    async (role) => {
      const [email, password] = [`${role}@example.com`, 'plenty of plain words'];
      await service.call(admins, { token: await service.logIn(), body: { email, role, password } });
      const [here, there] = [await service.logIn({ email, password }), await service.logIn({ email, password })];
      expect((await changeOwn(here, { current: password, new: 'another set of words' })).status).toBe(204);
      for (const token of [here, there]) expect((await service.call('GET /v1/admin/me', { token })).status).toBe(401);
      await expect(service.logIn({ email, password })).rejects.toThrow('401');
      await service.logIn({ email, password: 'another set of words' });
    },
  );

  it('is not changed without the current one, and failures are counted', async () => {
    const token = await service.logIn();
    const wrong = () => changeOwn(token, { current: 'not this', new: 'another set of words' }, '192.0.2.7');
    for (let n = 0; n < 5; n += 1) {
      expect(await wrong()).toMatchObject({ status: 422, body: { code: 'wrong_password' } });
    }
    expect(await wrong()).toMatchObject({ status: 429, body: { code: 'locked_out' } });
    await service.logIn(owner);
  });
});

describe('a password that is easy to guess', () => {
  const refused = { status: 422, body: { code: 'weak_password' } };

  it.each(['Password123!', 'qwertyuiop1', '12345678', 'iloveyou2', 'waybill123', 'ada@example.com'])(
    'is refused for a new admin: %s',
    async (password) => {
      const body = { email: 'ada@example.com', role: 'admin', password };
      expect(await service.call(admins, { token: await service.logIn(), body })).toMatchObject(refused);
    },
  );

  it('is refused for an admin who exists, and for oneself', async () => {
    const token = await service.logIn();
    const body = { email: 'bo@example.com', role: 'admin', password: 'plenty of plain words' };
    const { id } = (await service.call(admins, { token, body })).body as { readonly id: string };
    const change = { token, body: { password: 'bo@example.com' } };
    expect(await service.call(`PATCH /v1/admin/admins/${id}`, change)).toMatchObject(refused);
    expect(await changeOwn(token, { current: owner.password, new: 'Password123!' })).toMatchObject(refused);
  });
});
