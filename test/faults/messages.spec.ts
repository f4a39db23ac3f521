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

beforeEach(async () => {
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone();
});

const heard = async () => shownTexts(await waybill.sandbox.messages(friend.number));
const fault = (kind: string, more: object = {}) =>
  waybill.sandbox.fault({ kind, number: client.session.phone.number, ...more });
const call = (route: string) => client.call(route.replace(':session', client.session.id));

describe('messages', () => {
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

  it('of a session whose socket is frozen are sent once that is detected', async () => {
    await client.until(await client.send(friend, 'before'), 'delivered');
    await fault('freeze');
    const id = await client.send(friend, 'anybody?');
    const { timeline } = await client.until(id, 'sent', 100_000);
    expect(timeline.map(({ event }) => event).slice(0, 3)).toEqual(['queued', 'held', 'sent']);
    await eventually(async () => (await heard()).length === 2);
    expect(await heard()).toEqual(['before', 'anybody?']);
  }, 120_000);

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

  it('that may have left before a crash cannot be canceled after it', async () => {
    await waybill.sandbox.ask(`PATCH /phones/${friend.number}`, { receipts: 'none' });
    await fault('lose-ack');
    const id = await client.send(friend, 'on the phone already');
    await eventually(async () => (await heard()).length === 1);
    await fault('refuse', { count: 1000 });
    await waybill.kill();
    await waybill.boot();
    const answer = await call(`POST /v1/messages/${id}/cancel`);
    expect(answer.body).toMatchObject({ status: 409, code: 'message_not_cancelable' });
    await waybill.sandbox.ask('DELETE /faults');
    await client.until(id, 'sent', 60_000);
    expect(await heard()).toEqual(['on the phone already']);
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

  it('are not sent twice by a service that is shut down and started again', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 20; n += 1) ids.push(await client.send(friend, `number ${n}`));
    expect(await waybill.shutDown()).toBe(0);
    await waybill.boot();
    await Promise.all(ids.map((id) => client.until(id, 'sent')));
    await eventually(async () => (await heard()).length === ids.length);
    const received = await waybill.sandbox.messages<{ readonly duplicate?: boolean }>(friend.number);
    expect(received.filter(({ duplicate }) => duplicate)).toEqual([]);
    expect(await heard()).toEqual(ids.map((_, n) => `number ${n}`));
  });

  it('that arrived while the service was down are delivered once it is back', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 10; n += 1) ids.push(await client.send(friend, `number ${n}`));
    await Promise.all(ids.map((id) => client.until(id, 'sent')));
    await waybill.shutDown();
    await eventually(async () => (await heard()).length === ids.length);
    await waybill.boot();
    await Promise.all(ids.map((id) => client.until(id, 'delivered')));
  });

  it('that were held are still sent after a crash', async () => {
    const { user, id: sessionId } = client.session;
    await call('POST /v1/sessions/:session/stop');
    await waybill.until(user, sessionId, { status: 'stopped' });
    const ids = [await client.send(friend, 'one'), await client.send(friend, 'two')];
    await waybill.kill();
    await waybill.boot();
    ids.push(await client.send(friend, 'three'));
    await call('POST /v1/sessions/:session/restart');
    await Promise.all(ids.map((id) => client.until(id, 'delivered')));
    expect(await heard()).toEqual(['one', 'two', 'three']);
  });
});
