import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { VAULT } from '../../src/platform/tokens.js';
import type { Vault } from '../../src/platform/vault.js';
import { eventually } from '../support/eventually.js';
import { startHttp, type HttpService } from '../support/http.js';
import { freeClock, passSeconds, setClock } from '../support/http-time.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;
let token: string;
let keys: string;

beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startHttp(directory.path);
  token = await service.logIn();
  const body = { name: 'Shop', email: 'shop@example.com' };
  const user = await service.call('POST /v1/admin/users', { token, body });
  keys = `/v1/admin/users/${user.body.id}/api-keys`;
});

afterEach(freeClock);

afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

const issue = async (): Promise<{ readonly id: string; readonly secret: string }> =>
  (await service.call(`POST ${keys}`, { token, body: { name: 'key' } })).body;

const use = (key: string) => service.call('GET /v1/limits', { key });

const lastUsedAt = async (id: string): Promise<string | null> => {
  const list = await service.call(`GET ${keys}?limit=100`, { token });
  const key = (list.body.data as { id: string; lastUsedAt: string | null }[]).find((one) => one.id === id);
  return key?.lastUsedAt ?? null;
};

const secrets = () => service.app.get<Vault>(VAULT).secrets;

describe('the last use of a key', () => {
  it('is shown at once, and leaves no event', async () => {
    const { id, secret } = await issue();
    const events = (await service.events()).length;
    expect(await lastUsedAt(id)).toBeNull();
    setClock(Date.parse('2030-01-01T00:00:00.000Z'));
    await use(secret);
    freeClock();
    expect(await lastUsedAt(id)).toBe('2030-01-01T00:00:00.000Z');
    expect(await service.events()).toHaveLength(events);
  });

  it('is stored with the first use, and not again within the minute', async () => {
    const { id, secret } = await issue();
    await use(secret);
    const stored = await eventually(async () => (await secrets().get('key-use', id)) ?? false);
    await Promise.all(Array.from({ length: 30 }, () => use(secret)));
    expect((await secrets().get('key-use', id))?.revision).toBe(stored.revision);
  });

  it('is known after a restart, to the millisecond', async () => {
    const { id, secret } = await issue();
    await use(secret);
    passSeconds(30);
    await use(secret);
    const before = await lastUsedAt(id);
    freeClock();
    await service.app.close();
    service = await startHttp(directory.path);
    expect(await lastUsedAt(id)).toBe(before);
  });

  it('goes with the key', async () => {
    const { id, secret } = await issue();
    await use(secret);
    await eventually(async () => (await secrets().get('key-use', id)) !== undefined);
    await service.call(`DELETE ${keys}/${id}`, { token });
    expect(await secrets().get('key-use', id)).toBeUndefined();
  });

  it('fails no request where it cannot be stored', async () => {
    const { id, secret } = await issue();
    await secrets().close();
    expect((await use(secret)).status).toBe(200);
    await eventually(() => service.logged().includes('The last use of a key could not be stored'));
    expect(service.logged()).toContain(id);
  });
});
