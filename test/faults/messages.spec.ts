import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient, shownTexts } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: Waybill;
let client: MessagesClient;
let friend: SandboxPhone;

beforeAll(async () => {
  waybill = await Waybill.start();
});

afterAll(() => waybill.end());

const heard = async () => shownTexts(await waybill.sandbox.messages(friend.number));
const fault = (kind: string, more: object = {}) =>
  waybill.sandbox.fault({ kind, number: client.session.phone.number, ...more });
const call = (route: string) => client.call(route.replace(':session', client.session.id));

describe('messages', () => {
  beforeEach(async () => {
    client = await MessagesClient.link(waybill);
    friend = await waybill.sandbox.newPhone();
  });

  it.each([
    ['a dropped socket', 'drop', {}],
    ['an error 503 of the stream', 'stream-error', { code: 503 }],
    ['an error 515 of the stream', 'stream-error', { code: 515 }],
  ])('are each sent once and in order across %s', async (_name, kind, more) => {
    const bodies = Array.from({ length: 30 }, (_, n) => `number ${n}`);
    const ids: string[] = [];
    for (const [n, body] of bodies.entries()) {
      if (n === 10) await fault(kind, more);
      ids.push(await client.send(friend, body));
    }
    await Promise.all(ids.map((id) => client.until(id, 'sent', 60_000)));
    await eventually(async () => (await heard()).length === bodies.length);
    expect(await heard()).toEqual(bodies);
  });

  it('that may have arrived cannot be canceled, also after WhatsApp refused a later attempt', async () => {
    await waybill.sandbox.ask(`PATCH /phones/${friend.number}`, { receipts: 'none' });
    await fault('lose-ack');
    const id = await client.send(friend, 'arrived');
    await eventually(async () => (await heard()).length === 1);
    await fault('nack', { code: 503, count: 3 });
    await fault('drop');
    await eventually(async () => {
      const { timeline } = await client.get(id);
      return timeline.filter(({ event }) => event === 'held').length === 2;
    }, 60_000);
    const answer = await call(`POST /v1/messages/${id}/cancel`);
    expect(answer.body).toMatchObject({ status: 409, code: 'message_not_cancelable' });
    await client.until(id, 'sent', 60_000);
    expect(await heard()).toEqual(['arrived']);
  }, 120_000);

  it('that a device has did not fail, although WhatsApp refused a later attempt', async () => {
    await waybill.sandbox.ask(`PATCH /phones/${friend.number}`, { online: false });
    await fault('lose-ack');
    const id = await client.send(friend, 'on its way');
    await eventually(async () => (await waybill.sandbox.ask<unknown[]>('GET /faults')).length === 0);
    expect((await client.get(id)).timeline.map(({ event }) => event)).toEqual(['queued', 'sending']);
    await fault('nack', { code: 463 });
    await fault('drop');
    const { error } = await client.until(id, 'failed', 60_000);
    expect(error).toMatchObject({ code: 'whatsapp_463', reason: expect.stringContaining('may have arrived') });
    await waybill.sandbox.ask(`PATCH /phones/${friend.number}`, { online: true, receipts: 'read' });
    const message = await client.until(id, 'read', 60_000);
    expect(message.error).toBeUndefined();
    expect(message.timeline.map(({ event }) => event).slice(-3)).toEqual(['sent', 'delivered', 'read']);
  }, 120_000);

  it('that are posted while WhatsApp’s server is down are sent when it is back', async () => {
    await waybill.sandbox.restart(3000);
    const ids = [await client.send(friend, 'one'), await client.send(friend, 'two')];
    await Promise.all(ids.map((id) => client.until(id, 'delivered', 60_000)));
    expect(await heard()).toEqual(['one', 'two']);
  }, 90_000);

  it('are sent again to a receiver who could not decrypt them', async () => {
    await fault('retry');
    await client.until(await client.send(friend, 'once more'), 'delivered');
    expect(await heard()).toEqual(['once more']);
  });

  it('of an unlinked session wait, new ones are refused, and the waiting ones are sent once it is linked again', async () => {
    const { user, id: sessionId, phone } = client.session;
    await call('POST /v1/sessions/:session/stop');
    await waybill.until(user, sessionId, { status: 'stopped' });
    const waiting = await client.send(friend, 'waits');
    await call('POST /v1/sessions/:session/logout');
    await waybill.until(user, sessionId, { status: 'logged_out' });
    await eventually(async () => (await client.get(waiting)).timeline.at(-1)?.detail.includes('logged out'));
    const refused = await client.post({ to: friend.number, type: 'text', text: { body: 'no' }, sessionId });
    expect(refused.body).toMatchObject({ status: 422, code: 'session_not_linked' });
    await call('POST /v1/sessions/:session/restart');
    await waybill.sandbox.scan(phone.number, await waybill.qr(user, sessionId));
    await client.until(waiting, 'delivered');
    expect(await heard()).toEqual(['waits']);
  });

  it('of a session that is deleted fail, whether they are queued or scheduled', async () => {
    const { user, id: sessionId } = client.session;
    await call('POST /v1/sessions/:session/stop');
    await waybill.until(user, sessionId, { status: 'stopped' });
    const queued = await client.send(friend, 'queued');
    const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
    const text = { to: friend.number, type: 'text', text: { body: 'scheduled' }, scheduledAt };
    const scheduled = (await client.post(text)).body.id as string;
    expect((await call('DELETE /v1/sessions/:session')).status).toBe(204);
    for (const id of [queued, scheduled]) {
      expect((await client.until(id, 'failed')).error).toMatchObject({ code: 'session_deleted', retryable: false });
    }
  });
});

/** They share each end of the service, with a session and a friend of their own. */
describe('messages, across a restart', () => {
  type Chat = { readonly client: MessagesClient; readonly friend: SandboxPhone };
  const newChat = async (): Promise<Chat> => ({
    client: await MessagesClient.link(waybill),
    friend: await waybill.sandbox.newPhone(),
  });
  const shownTo = async ({ friend: { number } }: Chat) => shownTexts(await waybill.sandbox.messages(number));
  const sendTo = async ({ client: sender, friend: to }: Chat, count: number): Promise<readonly string[]> => {
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1) ids.push(await sender.send(to, `number ${n}`));
    return ids;
  };

  describe('after a crash', () => {
    let left: Chat & { readonly id: string };
    let held: Chat & { readonly ids: readonly string[] };

    beforeAll(async () => {
      const [one, other] = [await newChat(), await newChat()];
      await other.client.call(`POST /v1/sessions/${other.client.session.id}/stop`);
      await waybill.until(other.client.session.user, other.client.session.id, { status: 'stopped' });
      held = { ...other, ids: await sendTo(other, 2) };

      const { number } = one.client.session.phone;
      await waybill.sandbox.ask(`PATCH /phones/${one.friend.number}`, { receipts: 'none' });
      await waybill.sandbox.fault({ kind: 'lose-ack', number });
      left = { ...one, id: await one.client.send(one.friend, 'on the phone already') };
      await eventually(async () => (await shownTo(left)).length === 1);
      await waybill.sandbox.fault({ kind: 'refuse', number, count: 1000 });
      await waybill.kill();
      await waybill.boot();
    }, 120_000);

    it('those that may have left before it cannot be canceled', async () => {
      const answer = await left.client.call(`POST /v1/messages/${left.id}/cancel`);
      expect(answer.body).toMatchObject({ status: 409, code: 'message_not_cancelable' });
      await waybill.sandbox.ask('DELETE /faults');
      await left.client.until(left.id, 'sent', 60_000);
      expect(await shownTo(left)).toEqual(['on the phone already']);
    }, 120_000);

    it('those that were held are still sent, in order', async () => {
      const third = await held.client.send(held.friend, 'number 2');
      await held.client.call(`POST /v1/sessions/${held.client.session.id}/restart`);
      await Promise.all([...held.ids, third].map((id) => held.client.until(id, 'delivered')));
      expect(await shownTo(held)).toEqual(['number 0', 'number 1', 'number 2']);
    });
  });

  it('are not sent twice by a service that is shut down, and those that arrived meanwhile are delivered once it is back', async () => {
    const [leaving, arriving] = [await newChat(), await newChat()];
    const isReached = (online: boolean) => waybill.sandbox.ask(`PATCH /phones/${arriving.friend.number}`, { online });
    await isReached(false);
    const arrivingIds = await sendTo(arriving, 10);
    await Promise.all(arrivingIds.map((id) => arriving.client.until(id, 'sent')));
    const leavingIds = await sendTo(leaving, 20);
    expect(await waybill.shutDown()).toBe(0);
    await isReached(true);
    await eventually(async () => (await shownTo(arriving)).length === arrivingIds.length);
    await waybill.boot();
    await Promise.all(arrivingIds.map((id) => arriving.client.until(id, 'delivered')));
    await Promise.all(leavingIds.map((id) => leaving.client.until(id, 'sent')));
    await eventually(async () => (await shownTo(leaving)).length === leavingIds.length);
    const received = await waybill.sandbox.messages<{ readonly duplicate?: boolean }>(leaving.friend.number);
    expect(received.filter(({ duplicate }) => duplicate)).toEqual([]);
    expect(await shownTo(leaving)).toEqual(leavingIds.map((_, n) => `number ${n}`));
  });
});
