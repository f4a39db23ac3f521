import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { documentedAnswers } from '../support/documented-answers.js';
import { eventually } from '../support/eventually.js';
import { operations } from '../support/http-operations.js';
import type { Answer } from '../support/http.js';
import { MessagesClient } from '../support/messages-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { TestUser } from '../support/waybill-client.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';
import { isSignedWith, WebhookReceiver, type Answering } from '../support/webhook-receiver.js';
import { webhooksClient, type WebhookBody, type WebhookPage } from '../support/webhooks-client.js';

let waybill: WaybillClient;
let receiver: WebhookReceiver;
let client: MessagesClient;
let friend: SandboxPhone;
let other: TestUser;
let document: OpenAPIObject;
let documented: ReturnType<typeof documentedAnswers>;
const differences: string[] = [];

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  waybill = await sharedWaybill();
  document = (await waybill.call('GET /openapi.json')).body as OpenAPIObject;
  documented = documentedAnswers(document);
  client = await MessagesClient.link(waybill, await waybill.newUser({ maxWebhooks: 100 }));
  friend = await waybill.sandbox.newPhone();
  other = await waybill.newUser({ maxWebhooks: 1 });
}, 240_000);

afterAll(async () => {
  await receiver.stop();
});

/** Asks, and compares the answer with the OpenAPI document. */
const ask = async (
  route: string,
  body?: unknown,
  { key = client.session.user.key, headers = {} } = {},
): Promise<Answer> => {
  const answer = await client.call(route, { body, key, headers });
  differences.push(...documented.differences(route, answer));
  return answer;
};
const { register, act, remove, deliveriesOf, delivery, onlyDelivery } = webhooksClient((...call) => ask(...call));
const write = (text: string): Promise<unknown> =>
  waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, {
    to: client.session.phone.number,
    type: 'text',
    text,
  });
const arrived = (path: string, count: number): Promise<unknown> => eventually(() => receiver.at(path).length >= count);
describe('a webhook', () => {
  it('is registered, and shows neither its secret nor the values of its headers again', async () => {
    const body = { url: receiver.url('/once'), events: ['group.*'], headers: { Authorization: 'Bearer hush' } };
    const headers = { 'idempotency-key': 'once' };
    const made = await ask('POST /v1/webhooks', body, { headers });
    const { secret, ...webhook } = made.body as WebhookBody;
    expect([made.status, made.headers['location']]).toEqual([201, `/v1/webhooks/${webhook.id}`]);
    expect(secret).toMatch(/^whsec_/);
    expect(webhook).toMatchObject({ status: 'active', headerNames: ['Authorization'], sessionIds: null });
    const again = await ask('POST /v1/webhooks', body, { headers });
    expect(again.body).toEqual({ ...webhook, secret: null });
    expect((await ask(`GET /v1/webhooks/${webhook.id}`)).body).toEqual(webhook);
    const listed = await ask('GET /v1/webhooks?limit=1');
    expect(listed.body).toEqual({ data: [webhook], next: null });
    expect(listed.text).not.toContain('hush');
    const changed = await ask(`PATCH /v1/webhooks/${webhook.id}`, { events: ['call.*'], description: 'Calls' });
    expect(changed.body).toMatchObject({ events: ['call.*'], description: 'Calls', url: body.url });
    expect((await remove(webhook.id)).status).toBe(204);
    expect((await ask(`GET /v1/webhooks/${webhook.id}`)).body).toMatchObject({ code: 'webhook_not_found' });
  });

  it.each([
    ['http://10.0.0.1/', 'url_not_allowed'],
    ['http://127.0.0.2/', 'url_not_allowed'],
    ['http://[::1]/', 'url_not_allowed'],
    ['http://user:password@shop.example/', 'url_not_allowed'],
    ['ftp://shop.example/', 'validation_failed'],
  ])('does not lead to %s', async (url, code) => {
    expect((await ask('POST /v1/webhooks', { url, events: ['*'] })).body).toMatchObject({ code });
  });

  it('wants events that there are', async () => {
    const answer = await ask('POST /v1/webhooks', { url: receiver.url('/x'), events: ['message.recieved'] });
    expect(answer.body).toMatchObject({ status: 400, errors: [{ path: 'events' }] });
  });

  it('is its owner’s alone, and within their limit', async () => {
    const { id } = await register(receiver.url('/mine'), ['*']);
    const { key } = other;
    expect((await ask(`GET /v1/webhooks/${id}`, undefined, { key })).status).toBe(404);
    expect((await ask(`DELETE /v1/webhooks/${id}`, undefined, { key })).status).toBe(404);
    const body = { url: receiver.url('/other'), events: ['*'] };
    const both = await Promise.all([1, 2].map(() => ask('POST /v1/webhooks', body, { key })));
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 422]));
    const foreign = { ...body, sessionIds: [client.session.id] };
    expect((await ask('POST /v1/webhooks', foreign, { key })).body).toMatchObject({ code: 'session_not_found' });
    await remove(id);
  });

  it('that is tested gets an event, whatever it wants', async () => {
    const { id } = await register(receiver.url('/test'), ['call.*']);
    const { status, headers } = await act(id, 'test');
    expect([status, headers['location']]).toEqual([202, `/v1/webhooks/${id}`]);
    await arrived('/test', 1);
    expect(receiver.at('/test')[0]?.body).toMatchObject({ type: 'webhook.test', data: { id } });
    await ask(`PATCH /v1/webhooks/${id}`, { url: receiver.url('/moved'), headers: { 'X-Shop': 'Hamburg' } });
    await act(id, 'test');
    await arrived('/moved', 1);
    expect(receiver.at('/moved')[0]?.headers).toMatchObject({ 'x-shop': 'Hamburg' });
    await remove(id);
  });
});

describe('what happens', () => {
  it('is posted, signed, as what it is called in the log', async () => {
    const { id, secret } = await register(receiver.url('/all'), ['message.*'], { headers: { 'X-Shop': 'Berlin' } });
    const messageId = await client.send(friend, 'Hello');
    await write('Hi');
    await eventually(() => {
      expect(receiver.types('/all')).toEqual(
        expect.arrayContaining(['message.queued', 'message.sent', 'message.delivered', 'message.received']),
      );
    });
    const queued = receiver.at('/all').find(({ body }) => body.type === 'message.queued')!;
    expect(queued.body).toMatchObject({ sessionId: client.session.id, data: { id: messageId, status: 'queued' } });
    expect(queued.headers).toMatchObject({
      'webhook-id': queued.body.id,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(queued.text)),
      'x-shop': 'Berlin',
    });
    expect(receiver.at('/all').map((one) => isSignedWith(secret, one))).not.toContain(false);
    await eventually(async () => (await deliveriesOf(id)).every(({ status }) => status === 'succeeded'));
    const sent = await deliveriesOf(id, '?event=message.sent&status=succeeded&from=2020-01-01T00:00:00Z');
    expect(await delivery(sent[0]!.id)).toMatchObject({ attempts: [{ number: 1, status: 204, outcome: 'succeeded' }] });
    await remove(id);
  });

  it('is signed with all secrets of a day while one replaces the other', async () => {
    const { id, secret } = await register(receiver.url('/rotated'), ['call.*']);
    const second = (await act(id, 'rotate-secret')).body as WebhookBody;
    const third = (await act(id, 'rotate-secret')).body as WebhookBody;
    await act(id, 'test');
    await arrived('/rotated', 1);
    const [one] = receiver.at('/rotated');
    const secrets = [secret, second.secret, third.secret];
    expect(secrets.map((each) => isSignedWith(each, one!))).toEqual([true, true, true]);
    expect(new Set(secrets).size).toBe(3);
    await remove(id);
  });

  it('is not delivered while the webhook is paused, and again afterwards', async () => {
    const { id } = await register(receiver.url('/paused'), ['message.received']);
    expect((await act(id, 'pause')).body).toMatchObject({ status: 'paused' });
    const { id: witness } = await register(receiver.url('/witness'), ['message.received']);
    await write('unheard');
    await arrived('/witness', 1);
    expect((await act(id, 'resume')).body).toMatchObject({ status: 'active' });
    await write('heard');
    await arrived('/paused', 1);
    expect(receiver.at('/paused')).toHaveLength(1);
    await Promise.all([remove(id), remove(witness)]);
  });

  it('is delivered in the order of its chat where that is asked for', async () => {
    const { id } = await register(receiver.url('/ordered'), ['message.received', 'webhook.test'], { ordered: true });
    receiver.answer('/ordered', (answer) => void setTimeout(() => answer.writeHead(204).end(), Math.random() * 50));
    for (let n = 0; n < 10; n += 1) await write(`number ${n}`);
    await arrived('/ordered', 10);
    const texts = receiver
      .at('/ordered')
      .map(({ body }) => (body.data as unknown as { text: { body: string } }).text.body);
    expect(texts).toEqual(Array.from({ length: 10 }, (_, n) => `number ${n}`));
    await remove(id);
  });
});

describe('an endpoint', () => {
  it('that fails gets the event again, with the same id and a new time', async () => {
    let count = 0;
    receiver.answer('/flaky', (answer) => {
      count += 1;
      answer.writeHead(count === 1 ? 500 : 200).end(count === 1 ? 'database is locked' : 'ok');
    });
    const { id, secret } = await register(receiver.url('/flaky'), ['call.*']);
    await act(id, 'test');
    const waiting = await onlyDelivery(id, 'pending');
    const done = await onlyDelivery(id, 'succeeded');
    expect(waiting.id).toBe(done.id);
    expect(done.attempts).toMatchObject([
      {
        status: 500,
        answer: 'database is locked',
        outcome: 'retried',
        problem: 'The server answered with HTTP status 500',
      },
      { status: 200, answer: 'ok', outcome: 'succeeded', problem: null },
    ]);
    const [first, second] = receiver.at('/flaky');
    expect(first!.text).toBe(second!.text);
    expect(first!.headers['webhook-id']).toBe(second!.headers['webhook-id']);
    expect(Number(second!.headers['webhook-timestamp'])).toBeGreaterThan(Number(first!.headers['webhook-timestamp']));
    expect(isSignedWith(secret, second!)).toBe(true);
    expect((await ask(`POST /v1/deliveries/${done.id}/redeliver`)).status).toBe(202);
    await arrived('/flaky', 3);
    await remove(id);
  });

  it.each<[string, Answering, RegExp]>([
    ['/redirects', (answer) => void answer.writeHead(302, { location: 'http://127.0.0.1/' }).end(), /not followed/],
    ['/breaks-off', (answer) => void answer.destroy(), /cannot be reached, or broke off/],
  ])('at %s has failed', async (path, how, problem) => {
    receiver.answer(path, how);
    const { id } = await register(receiver.url(path), ['call.*']);
    await act(id, 'test');
    await arrived(path, 1);
    const { attempts } = await eventually(async () => {
      const one = await onlyDelivery(id, 'pending');
      return one.attempts.length > 0 && one;
    });
    expect(attempts[0]).toMatchObject({ outcome: 'retried', problem: expect.stringMatching(problem) });
    const again = (await deliveriesOf(id))[0]!.id;
    expect((await ask(`POST /v1/deliveries/${again}/redeliver`)).body).toMatchObject({ code: 'delivery_pending' });
    await remove(id);
    expect((await ask(`GET /v1/deliveries/${again}`)).body).toMatchObject({ code: 'delivery_not_found' });
  });

  it.each<[string, Answering]>([
    ['/trickles', (answer) => void answer.writeHead(200).write('part')],
    ['/large', (answer) => void answer.writeHead(200).end(Buffer.alloc(10_000_000, 'x'))],
    ['/closes', (answer) => answer.writeHead(200, { 'content-length': '9' }).write('part', () => answer.destroy())],
  ])('at %s has succeeded', async (path, how) => {
    receiver.answer(path, how);
    const { id } = await register(receiver.url(path), ['call.*']);
    await act(id, 'test');
    expect(await onlyDelivery(id, 'succeeded')).toMatchObject({ attempts: [{ status: 200 }] });
    await remove(id);
  });

  it('that answers 410 is disabled, which the others are told, and what it missed can be had later', async () => {
    receiver.answer('/gone', 410);
    const { id } = await register(receiver.url('/gone'), ['message.received', 'webhook.*']);
    const { id: witness } = await register(receiver.url('/others'), ['webhook.disabled', 'message.received']);
    await write('gone');
    await arrived('/others', 2);
    const told = receiver.at('/others').find(({ body }) => body.type === 'webhook.disabled');
    expect(told?.body.data).toMatchObject({ id, status: 'disabled', reason: expect.stringMatching(/410/) });
    await write('missed');
    await eventually(async () => (await deliveriesOf(id, '?status=missed')).length === 1);
    for (const what of ['test', 'redeliver'] as const) {
      const body = what === 'redeliver' ? { from: '2020-01-01T00:00:00Z' } : undefined;
      expect((await act(id, what, body)).body).toMatchObject({ status: 409, code: 'webhook_disabled' });
    }
    const [missed] = await deliveriesOf(id, '?status=missed');
    expect((await ask(`POST /v1/deliveries/${missed!.id}/redeliver`)).body).toMatchObject({ code: 'webhook_disabled' });
    receiver.answer('/gone', 200);
    await act(id, 'resume');
    const redelivered = await act(id, 'redeliver', { from: '2020-01-01T00:00:00Z' });
    expect([redelivered.status, redelivered.body]).toEqual([202, { count: 2 }]);
    await eventually(async () => (await deliveriesOf(id, '?status=succeeded')).length === 2);
    expect(new Set(receiver.at('/gone').map(({ body }) => body.id)).size).toBe(2);
    await Promise.all([remove(id), remove(witness)]);
  });

  it('that hangs delays no other, neither of the user nor of others', async () => {
    receiver.answer('/hangs', () => undefined);
    const { id } = await register(receiver.url('/hangs'), ['*']);
    const { id: lively } = await register(receiver.url('/lively'), ['message.received']);
    const tests = await Promise.all(Array.from({ length: 60 }, () => act(id, 'test')));
    expect(tests.filter(({ status }) => status !== 202)).toEqual([]);
    await write('quick');
    await arrived('/lively', 1);
    const theirs = (await ask('GET /v1/webhooks', undefined, other)).body as WebhookPage;
    expect((await ask(`POST /v1/webhooks/${theirs.data[0]!.id}/test`, undefined, other)).status).toBe(202);
    await arrived('/other', 1);
    expect((await deliveriesOf(id, '?status=pending&limit=100')).length).toBeGreaterThan(60);
    await remove(id);
    const before = receiver.at('/hangs').length;
    await write('after');
    await arrived('/lively', 2);
    expect(receiver.at('/hangs')).toHaveLength(before);
    await remove(lively);
  });
});

it('every operation has answered as its documentation says', () => {
  expect(differences).toEqual([]);
  const all = operations(document).map(({ name }) => name);
  const missing = all.filter((name) => /webhooks|deliveries/.test(name) && !documented.succeeded().has(name));
  expect(missing).toEqual([]);
});
