import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { Waybill } from '../support/waybill.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { webhooksClient } from '../support/webhooks-client.js';

const deliveries = 50;
/** More than a command is tried again where others were faster. */
const rounds = 25;

let receiver: WebhookReceiver;
let waybill: Waybill;

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  waybill = await Waybill.start({ WAYBILL_OUTBOUND_ALLOW: '127.0.0.1' });
});
afterAll(async () => {
  await waybill.end();
  await receiver.stop();
});

it('much is redelivered at once while deliveries are being recorded, and nothing of it is refused', async () => {
  const { key } = await waybill.newUser();
  const { register, act, deliveriesOf } = webhooksClient((route, body) => waybill.call(route, { key, body }));
  const { id } = await register(receiver.url('/again'), ['call.*']);
  await Promise.all(Array.from({ length: deliveries }, () => act(id, 'test')));
  await eventually(() => receiver.at('/again').length === deliveries);

  const range = { from: new Date(0).toISOString(), status: 'succeeded' };
  const answers = await Promise.all(
    Array.from({ length: rounds }, async () => [await act(id, 'redeliver', range), await act(id, 'test')]),
  );
  expect(answers.flat().map(({ status }) => status)).toEqual(Array(2 * rounds).fill(202));
  const told = () => new Set(receiver.at('/again').map(({ body }) => body.id)).size;
  await eventually(() => told() === deliveries + rounds);
  await eventually(async () => (await deliveriesOf(id, '?status=pending')).length === 0);
  expect(told()).toBe(deliveries + rounds);
});

describe('what is asked of the deliveries of a webhook', () => {
  const withTests = async () => {
    const { key } = await waybill.newUser();
    const ask = (route: string, body?: unknown) => waybill.call(route, { key, body });
    const client = webhooksClient(ask);
    const { id } = await client.register(receiver.url('/asked'), ['call.*']);
    await Promise.all([client.act(id, 'test'), client.act(id, 'test')]);
    await eventually(async () => (await client.deliveriesOf(id, '?status=succeeded')).length === 2);
    return { ...client, id, list: (filter: string) => ask(`GET /v1/webhooks/${id}/deliveries${filter}`) };
  };

  it('is of an event that there is, or of all of a kind', async () => {
    const { list } = await withTests();
    const counts = ['?event=webhook.test', '?event=webhook.*', '?event=*', '?event=message.*'].map(
      async (filter) => (await list(filter)).body.data.length,
    );
    expect(await Promise.all(counts)).toEqual([2, 2, 2, 0]);
    for (const event of ['message.recieved', 'mess.*', '']) {
      expect((await list(`?event=${event}`)).body).toMatchObject({ status: 400, errors: [{ path: 'event' }] });
    }
  });

  it('is of a time that ends after it begins, and may lie ahead', async () => {
    const { id, act } = await withTests();
    const [before, after] = ['2020-01-01T00:00:00Z', '2999-01-01T00:00:00Z'];
    const again = async (range: object) => (await act(id, 'redeliver', { status: 'succeeded', ...range })).body;
    expect(await again({ from: after, to: before })).toMatchObject({ status: 422, code: 'period_invalid' });
    expect(await again({ from: after })).toEqual({ count: 0 });
    expect(await again({ from: before, to: before })).toEqual({ count: 0 });
    expect(await again({ from: before, to: after })).toEqual({ count: 2 });
  });

  it('goes on with its own cursor only', async () => {
    const [one, other] = [await withTests(), await withTests()];
    const { next } = (await one.list('?limit=1&event=webhook.*')).body;
    expect((await one.list(`?limit=1&event=webhook.*&cursor=${next}`)).body).toMatchObject({ data: [{}], next: null });
    for (const answer of [
      await one.list(`?limit=1&cursor=${next}`),
      await other.list(`?event=webhook.*&cursor=${next}`),
    ])
      expect(answer.body).toMatchObject({ status: 400, code: 'invalid_cursor' });
  });
});

it('a webhook is tested once for each Idempotency-Key', async () => {
  const { key } = await waybill.newUser();
  const ask = (route: string, body?: unknown, headers = {}) => waybill.call(route, { key, body, headers });
  const { register, deliveriesOf } = webhooksClient(ask);
  const { id } = await register(receiver.url('/tested-once'), ['call.*']);
  const test = (idempotencyKey: string) =>
    ask(`POST /v1/webhooks/${id}/test`, undefined, { 'idempotency-key': idempotencyKey });
  const answers = await Promise.all([test('first'), test('first')]);
  expect(answers.map(({ status }) => status)).toEqual([202, 202]);
  await ask(`PATCH /v1/webhooks/${id}`, { description: 'Changed' });
  const again = await test('first');
  expect([again.body, again.headers['idempotent-replayed']]).toEqual([answers[0]?.body, 'true']);
  await test('second');
  await eventually(() => receiver.at('/tested-once').length === 2);
  expect(await deliveriesOf(id)).toHaveLength(2);
});
