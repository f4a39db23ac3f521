import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

type OnPhone = { readonly direction: string; readonly type: string; readonly text?: string; readonly forwarded?: true };

let waybill: WaybillClient;
let client: MessagesClient;
let friend: SandboxPhone;
let other: SandboxPhone;

beforeAll(async () => {
  waybill = await sharedWaybill();
  client = await MessagesClient.link(waybill);
});

beforeEach(async () => {
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
  other = await waybill.sandbox.newPhone({ name: 'Bob' });
});

const forward = (id: string, headers: Readonly<Record<string, string>> = {}) =>
  client.call(`POST /v1/messages/${id}/forward`, { body: { to: `+${other.number}` }, headers });
const retry = (id: string, headers: Readonly<Record<string, string>> = {}) =>
  client.call(`POST /v1/messages/${id}/retry`, { headers });

/** What arrived on a phone, once it is as much. */
const arrived = ({ number }: SandboxPhone, count: number): Promise<readonly OnPhone[]> =>
  eventually(async () => {
    const all = await waybill.sandbox.messages<OnPhone>(number);
    const incoming = all.filter(({ direction }) => direction === 'incoming');
    return incoming.length >= count && incoming;
  });

const sent = async (type: string, content: object): Promise<string> => {
  const answer = await client.post({ to: `+${friend.number}`, type, [type]: content });
  await client.until(answer.body.id, 'delivered');
  return answer.body.id;
};

const said = async (text: string): Promise<string> => {
  const to = client.session.phone.number;
  await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, { to, type: 'text', text });
  return eventually(async () => (await client.list({ chat: `+${friend.number}` })).body.data[0]?.id ?? false);
};

describe('a message that has failed', () => {
  it('is sent anew, as another message, once for an Idempotency-Key', async () => {
    await waybill.sandbox.fault({ kind: 'nack', number: client.session.phone.number, code: 403, count: 1 });
    const body = { to: `+${friend.number}`, type: 'text', text: { body: 'again' }, reference: 'order-1' };
    const failed = (await client.post(body)).body.id;
    await client.until(failed, 'failed');
    const first = await retry(failed, { 'idempotency-key': `retry-${failed}` });
    const second = await retry(failed, { 'idempotency-key': `retry-${failed}` });
    expect([first.status, second.status, second.headers['idempotent-replayed']]).toEqual([202, 202, 'true']);
    expect(second.body.id).toBe(first.body.id);
    expect(first.headers['location']).toBe(`/v1/messages/${first.body.id}`);
    expect(first.body).toMatchObject({ text: { body: 'again' }, reference: 'order-1' });
    expect(first.body.id).not.toBe(failed);
    await client.until(first.body.id, 'delivered');
    expect(await arrived(friend, 1)).toMatchObject([{ text: 'again' }]);
    expect((await client.get(failed)).status).toBe('failed');
  });

  it('is the only one that is: others, and those of others, are refused', async () => {
    const id = await sent('text', { body: 'arrived' });
    expect((await retry(id)).body).toMatchObject({ status: 409, code: 'message_not_failed' });
    expect((await retry(await said('Hello'))).body.code).toBe('message_not_failed');
    const stranger = await waybill.newUser();
    const answer = await waybill.call(`POST /v1/messages/${id}/retry`, { key: stranger.key });
    expect(answer.body.code).toBe('message_not_found');
  });
});

describe('a message that is forwarded', () => {
  it.each([
    ['text', { body: 'The new opening hours' }],
    ['location', { latitude: 52.5163, longitude: 13.3777, name: 'Gate' }],
    ['contact', { contacts: [{ name: 'Carla', phones: [{ number: '+49 170 1111111' }] }] }],
  ])('arrives with its mark: a %s', async (type, content) => {
    const answer = await forward(await sent(type, content));
    expect([answer.status, answer.body.forwarded, answer.body.to]).toEqual([202, true, `+${other.number}`]);
    expect(await arrived(other, 1)).toMatchObject([{ type, forwarded: true }]);
    expect((await arrived(friend, 1))[0]).not.toHaveProperty('forwarded');
  });

  it('says what the first one says now, and is made once for an Idempotency-Key', async () => {
    const id = await sent('text', { body: 'at five' });
    await client.call(`PATCH /v1/messages/${id}`, { body: { text: { body: 'at six' } } });
    await arrived(friend, 2);
    await eventually(async () => (await client.call(`GET /v1/messages/${id}`)).body.editedAt !== null);
    const [first, second] = [
      await forward(id, { 'idempotency-key': id }),
      await forward(id, { 'idempotency-key': id }),
    ];
    expect([second.body.id, second.headers['idempotent-replayed']]).toEqual([first.body.id, 'true']);
    await client.until(first.body.id, 'delivered');
    expect(await arrived(other, 1)).toMatchObject([{ text: 'at six', forwarded: true }]);
  });

  it('may be a received one', async () => {
    await forward(await said('from Ada'));
    expect(await arrived(other, 1)).toMatchObject([{ type: 'text', text: 'from Ada', forwarded: true }]);
  });

  it('is no poll, and none that is deleted', async () => {
    const poll = await sent('poll', { question: 'Tea?', options: ['yes', 'no'] });
    expect((await forward(poll)).body).toMatchObject({ status: 409, code: 'message_not_forwardable' });
    const id = await sent('text', { body: 'a mistake' });
    await client.call(`DELETE /v1/messages/${id}`);
    await eventually(async () => (await client.call(`GET /v1/messages/${id}`)).body.revokedAt !== null);
    expect((await forward(id)).body).toMatchObject({ status: 409, code: 'message_revoked' });
  });
});
