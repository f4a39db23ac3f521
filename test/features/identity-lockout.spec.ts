import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { startHttp, type HttpService } from '../support/http.js';
import { owner } from '../support/owner.js';
import { freeClock, passSeconds, setClock } from '../support/http-time.js';
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

const login = (body: unknown, from = '127.0.0.1') => service.call('POST /v1/admin/auth/login', { body, from });

/** An admin that only this test knows. */
const newAdmin = async (name: string) => {
  const credentials = { email: `${name}@example.com`, password: `password of ${name}` };
  const created = await service.call('POST /v1/admin/admins', {
    token: await service.logIn(),
    body: { ...credentials, role: 'admin' },
  });
  expect(created.status).toBe(201);
  return { id: created.body.id as string, ...credentials };
};

describe('wrong credentials', () => {
  it('are answered alike, whether there is such an admin or not, up to the lockout and in it', async () => {
    const { email } = await newAdmin('victim');
    const attempts = async (address: string) => {
      const answers = [];
      for (let tries = 0; tries < 7; tries += 1) answers.push(await login({ email: address, password: 'wrong' }));
      return answers.map(({ status, body, headers }) => [status, body.code, body.title, headers['retry-after']]);
    };
    setClock(Date.now());
    const [known, unknown] = [await attempts(email), await attempts('nobody@example.com')];
    expect(unknown).toEqual(known);
    expect(known.map(([status]) => status)).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect(known[6]).toEqual([429, 'locked_out', 'Too many requests', '60']);
  });

  it('take as long for an unknown address as for a wrong password', async () => {
    const { email } = await newAdmin('timed');
    const attempt = async (address: string): Promise<number> => {
      passSeconds(24 * 3600); // no lockout gets in between
      const began = process.hrtime.bigint();
      await login({ email: address, password: 'wrong' });
      return Number(process.hrtime.bigint() - began) / 1e6;
    };
    // By turns, and the quickest of each: what else the machine does only adds. Where it does much, it takes more of them to see how quick they are.
    const [known, unknown] = [[] as number[], [] as number[]];
    const ratio = (): number => {
      const [slower, faster] = [Math.min(...known), Math.min(...unknown)].sort((a, b) => b - a) as [number, number];
      return slower / faster;
    };
    for (let round = 0; round < 3 || (round < 60 && ratio() >= 2); round += 1) {
      known.push(await attempt(email));
      unknown.push(await attempt(`nobody${round}@example.com`));
    }
    expect(ratio()).toBeLessThan(2);
  });

  it('lock the client out, with the right password too, until a minute has passed; also over a restart', async () => {
    const { email, password } = await newAdmin('locked');
    setClock(Date.now());
    for (let tries = 0; tries < 5; tries += 1) await login({ email, password: 'wrong' });
    expect((await login({ email, password })).status).toBe(429);
    await restart();
    expect((await login({ email, password })).body).toMatchObject({ status: 429, code: 'locked_out' });
    passSeconds(61);
    expect((await login({ email, password })).status).toBe(200);
    expect((await login({ email, password: 'wrong' })).status).toBe(401);
  });

  it('never lock out more attempts than those in a day', async () => {
    const { email } = await newAdmin('slow');
    for (let day = 0; day < 8; day += 1) {
      expect((await login({ email, password: 'wrong' })).status).toBe(401);
      passSeconds(24 * 3600);
    }
  });

  it('lock nobody else out: the admin logs in from another address', async () => {
    const { email, password } = await newAdmin('besieged');
    for (let tries = 0; tries < 5; tries += 1) await login({ email, password: 'wrong' }, '198.51.100.7');
    expect((await login({ email, password }, '198.51.100.7')).body).toMatchObject({ code: 'locked_out' });
    expect((await login({ email, password }, '198.51.100.8')).status).toBe(200);
  });

  it('lock a whole IPv6 network of one host out', async () => {
    const { email, password } = await newAdmin('besieged6');
    for (let tries = 0; tries < 5; tries += 1) await login({ email, password: 'wrong' }, `2001:db8:0:7::${tries}`);
    expect((await login({ email, password }, '2001:db8:0:7::99')).status).toBe(429);
    expect((await login({ email, password }, '2001:db8:0:8::1')).status).toBe(200);
  });

  it('are counted one by one when they come at once', async () => {
    const { email } = await newAdmin('parallel');
    const from = '198.51.100.9';
    const answers = await Promise.all(Array.from({ length: 10 }, () => login({ email, password: 'wrong' }, from)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ body }) => body.code === 'locked_out')).toHaveLength(5);
  });

  it('from one address hold up nobody else, however many accounts they are for', async () => {
    const from = '198.51.100.10';
    const flood = Array.from({ length: 200 }, (_, index) =>
      login({ email: `nobody${index}@example.com`, password: 'wrong' }, from),
    );
    expect((await login(owner, '198.51.100.11')).status).toBe(200);
    const codes = (await Promise.all(flood)).map(({ body }) => body.code as string);
    expect(new Set(codes)).toEqual(new Set(['unauthorized', 'rate_limited']));
    expect(codes.filter((code) => code === 'unauthorized').length).toBeLessThanOrEqual(30);
  });

  it('are on record for an admin, and leave no event for anybody else', async () => {
    const { id, email } = await newAdmin('watched');
    const rejected = async () => (await service.events()).filter(({ type }) => type === 'AdminLoginRejected');
    const before = (await rejected()).length;
    await login({ email: 'no-one@example.com', password: 'wrong' }, '198.51.100.12');
    await login({ email, password: 'wrong' }, '198.51.100.12');
    await eventually(async () => {
      expect((await rejected()).slice(before)).toMatchObject([{ data: { adminId: id } }]);
    });
  });
});
