import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { MasterKey, type Secrets } from '#lib/vault';
import { openSqliteSecrets } from '#lib/vault/sqlite';
import { WebhookKeysStore } from '../../src/webhooks/webhook-keys.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const key = new MasterKey(randomBytes(32));
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let secrets: Secrets;

beforeAll(async () => {
  directory = await temporaryDirectory();
  secrets = await openSqliteSecrets({ file: join(directory.path, 'secrets.db'), key, mayBeNew: true });
});

afterAll(async () => {
  await secrets.close();
  await directory.remove();
});

const newStore = (): WebhookKeysStore => new WebhookKeysStore({ key, secrets, isNew: true });

it('a webhook whose keys were lost with the vault gets others', async () => {
  const keys = newStore();
  const { secret } = await keys.rotate('lost');
  expect(await keys.get('lost', 0, null)).toEqual({ secret, former: [], headers: {} });
  const given = await keys.addHeaders('lost too', { 'x-from': 'us' }, null);
  expect(await keys.get('lost too', 0, given)).toMatchObject({ headers: { 'x-from': 'us' } });
});

it('a secret that is replaced signs as well for a day', async () => {
  const keys = newStore();
  const first = await keys.create('kept', {});
  const { secret, formerUntil } = await keys.rotate('kept');
  expect(await keys.get('kept', 0, null)).toEqual({
    secret,
    former: [{ secret: first, until: formerUntil }],
    headers: {},
  });
});

it('keys that another process has replaced are read again once that is in the log', async () => {
  const [reader, other] = [newStore(), newStore()];
  const first = await other.create('shared', {});
  expect(await reader.get('shared', 1, null)).toMatchObject({ secret: first });
  const { secret } = await other.rotate('shared');
  expect(await reader.get('shared', 1, null)).toMatchObject({ secret: first });
  expect(await reader.get('shared', 2, null)).toMatchObject({ secret, former: [{ secret: first }] });
});

it('headers that are stored and not on record yet are not used', async () => {
  const keys = newStore();
  const headersAt = async (position: number, id: string | null) =>
    (await newStore().get('moved', position, id))?.headers;
  await keys.create('moved', { 'x-for': 'the first server' });
  const second = await keys.addHeaders('moved', { 'x-for': 'the second server' }, null);
  expect(await headersAt(1, null)).toEqual({ 'x-for': 'the first server' });
  expect(await headersAt(2, second)).toEqual({ 'x-for': 'the second server' });
  for (let failed = 0; failed < 20; failed += 1) await keys.addHeaders('moved', { 'x-for': 'another server' }, second);
  expect(await headersAt(3, second)).toEqual({ 'x-for': 'the second server' });
});

it('two processes that register the same webhook answer the same secret, which is the one that is stored', async () => {
  const stores = [newStore(), newStore()];
  const made = await Promise.all(stores.map((keys) => keys.create('twice', { 'x-from': 'us' })));
  expect(await newStore().get('twice', 0, null)).toMatchObject({ secret: made[0], headers: { 'x-from': 'us' } });
  expect(new Set(made).size).toBe(1);
});

it('a registration that is repeated with other headers keeps the secret, and not the headers', async () => {
  const secret = await newStore().create('again', { 'x-from': 'us' });
  expect(await newStore().create('again', { 'x-from': 'them' })).toBe(secret);
  expect(await newStore().get('again', 0, null)).toMatchObject({ secret, headers: { 'x-from': 'them' } });
});
