import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { ApiProcess } from '../support/api-process.js';
import { eventually } from '../support/eventually.js';
import { hasRedis, RedisServer } from '../support/redis-server.js';
import { startScaledServers } from '../support/scaled-servers.js';
import { Waybill } from '../support/waybill.js';
import { isSignedWith, WebhookReceiver } from '../support/webhook-receiver.js';
import { webhooksClient, type WebhookBody } from '../support/webhooks-client.js';

(hasRedis() ? describe : describe.skip)('a webhook that another process than the one that delivers', () => {
  let servers: Awaited<ReturnType<typeof startScaledServers>>;
  let redis: RedisServer;
  let waybill: Waybill;
  let api: ApiProcess;
  let receiver: WebhookReceiver;
  let client: ReturnType<typeof webhooksClient>;
  let change: (id: string, body: object) => Promise<unknown>;

  beforeAll(async () => {
    [servers, redis, receiver] = [await startScaledServers(), await RedisServer.start(), await WebhookReceiver.start()];
    const shared = {
      ...servers.variables,
      REDIS_URL: redis.url,
      WAYBILL_MASTER_KEY: randomBytes(32).toString('base64'),
      WAYBILL_OUTBOUND_ALLOW: '127.0.0.1',
    };
    waybill = await Waybill.start(shared);
    api = await ApiProcess.start({ ...shared, WAYBILL_DATA_DIR: waybill.dataDirectory });
    const { key } = await waybill.newUser();
    const through = waybill.through(api.url);
    client = webhooksClient((route, body) => through.call(route, { key, body }));
    change = (id, body) => through.call(`PATCH /v1/webhooks/${id}`, { key, body });
  }, 300_000);

  afterAll(async () => {
    await api.kill();
    await waybill.end();
    await receiver.stop();
    await redis.stop();
    await servers.end();
  });

  /** Has a test delivered. */
  const test = async (id: string, path: string) => {
    const before = receiver.at(path).length;
    await client.act(id, 'test');
    return eventually(() => receiver.at(path)[before] ?? (false as const));
  };

  it('gives a new secret or other headers is delivered to with these at once', async () => {
    const { id, secret: first } = await client.register(receiver.url('/rotated'), ['call.*']);
    expect(isSignedWith(first, await test(id, '/rotated'))).toBe(true);
    const { secret: second } = (await client.act(id, 'rotate-secret')).body as WebhookBody;
    await change(id, { headers: { 'x-shop': 'two' } });
    const delivered = await test(id, '/rotated');
    expect([first, second].map((secret) => isSignedWith(secret, delivered))).toEqual([true, true]);
    expect(delivered.headers['x-shop']).toBe('two');
    await change(id, { headers: { 'x-shop': 'three' } });
    expect((await test(id, '/rotated')).headers['x-shop']).toBe('three');
  });

  it('redelivers from, pauses and deletes gets what was asked for, and nothing after that', async () => {
    receiver.answer('/failing', 500);
    const { id } = await client.register(receiver.url('/failing'), ['call.*']);
    await test(id, '/failing');
    await client.act(id, 'pause');
    receiver.answer('/failing', 204);
    await client.act(id, 'resume');
    await eventually(async () => (await client.deliveriesOf(id, '?status=succeeded')).length === 1);
    await client.act(id, 'redeliver', { from: new Date(0).toISOString(), status: 'succeeded' });
    await eventually(() => receiver.at('/failing').length === 3);
    const [first, ...others] = receiver.at('/failing').map(({ headers }) => headers['webhook-id']);
    expect(others).toEqual([first, first]);
    receiver.answer('/failing', () => undefined);
    await test(id, '/failing');
    await test(id, '/failing');
    expect((await client.remove(id)).status).toBe(204);
    expect((await client.act(id, 'test')).status).toBe(404);
    const other = await client.register(receiver.url('/other'), ['call.*']);
    await test(other.id, '/other');
    expect(receiver.at('/failing')).toHaveLength(5);
  });
});
