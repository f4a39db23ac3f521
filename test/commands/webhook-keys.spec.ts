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
  expect(await keys.get('lost', 0)).toEqual({ secret, former: [], headers: {} });
  await keys.changeHeaders('lost too', { 'x-from': 'us' });
  expect(await keys.get('lost too', 0)).toMatchObject({ headers: { 'x-from': 'us' } });
});

it('a secret that is replaced signs as well for a day', async () => {
  const keys = newStore();
  const first = await keys.create('kept', {});
  const { secret, formerUntil } = await keys.rotate('kept');
  expect(await keys.get('kept', 0)).toEqual({ secret, former: [{ secret: first, until: formerUntil }], headers: {} });
});

it('keys that another process has replaced are read again once that is in the log', async () => {
  const [reader, other] = [newStore(), newStore()];
  const first = await other.create('shared', {});
  expect(await reader.get('shared', 1)).toMatchObject({ secret: first });
  const { secret } = await other.rotate('shared');
  expect(await reader.get('shared', 1)).toMatchObject({ secret: first });
  expect(await reader.get('shared', 2)).toMatchObject({ secret, former: [{ secret: first }] });
});
