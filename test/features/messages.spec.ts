import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient, shownTexts } from '../support/messages-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: WaybillClient;
let client: MessagesClient;
let friend: SandboxPhone;

beforeAll(async () => {
  waybill = await sharedWaybill();
  client = await MessagesClient.link(waybill);
});

beforeEach(async () => {
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
});

const settings = (change: object, { number } = friend) => waybill.sandbox.ask(`PATCH /phones/${number}`, change);
const heard = async ({ number } = friend) => shownTexts(await waybill.sandbox.messages(number));

describe('a text', () => {
  it('is accepted, sent, delivered and read, and its timeline says so in sentences', async () => {
    await settings({ receipts: 'read' });
    const answer = await client.post({ to: `+${friend.number}`, type: 'text', text: { body: 'Hello Ada' } });
    expect(answer.status).toBe(202);
    expect(answer.headers['location']).toBe(`/v1/messages/${answer.body.id}`);
    expect(answer.body).toMatchObject({
      status: 'queued',
      to: `+${friend.number}`,
      type: 'text',
      text: { body: 'Hello Ada' },
      sessionId: client.session.id,
      direction: 'outgoing',
    });
    const message = await client.until(answer.body.id, 'read');
    expect(message.timeline.map(({ event }) => event)).toEqual(['queued', 'sent', 'delivered', 'read']);
    for (const { at, detail } of message.timeline) {
      expect(at).toMatch(/^\d{4}-.*Z$/);
      expect(detail).toMatch(/^[A-Z].*\.$/);
    }
    const times = message.timeline.map(({ at }) => at);
    expect(times.toSorted()).toEqual(times);
    expect(await heard()).toEqual(['Hello Ada']);
  });

  it('arrives unchanged: emoji, right-to-left text, line breaks, and 65,536 characters', async () => {
    const texts = [
      '👩‍👩‍👧‍👦 🇩🇪 \u{1F468}🏽',
      'שלום עולם \u202eabc\u202c مرحبا',
      'one\n\ttwo\r\nthree',
      '  edges  ',
      'x'.repeat(65_536),
    ];
    for (const body of texts) await client.send(friend, body);
    await eventually(async () => (await heard()).length === texts.length);
    expect(await heard()).toEqual(texts);
  });

  it('can be sent to a number in any notation, and to a WhatsApp address', async () => {
    const spaced = `+${friend.number.slice(0, 2)} ${friend.number.slice(2, 5)}-${friend.number.slice(5)}`;
    for (const [index, to] of [
      spaced,
      friend.number,
      `${friend.number}@s.whatsapp.net`,
      `${friend.lid}@lid`,
    ].entries()) {
      const { status, body } = await client.post({ to, type: 'text', text: { body: `way ${index}` } });
      expect(status).toBe(202);
      await client.until(body.id, 'delivered');
    }
    expect((await heard()).toSorted()).toEqual(['way 0', 'way 1', 'way 2', 'way 3']);
  });

  it('can reply to another message, and the phone sees the reply', async () => {
    const { id } = await waybill.sandbox.ask<{ id: string }>(`POST /phones/${friend.number}/messages`, {
      to: client.session.phone.number,
      type: 'text',
      text: 'Where is it?',
    });
    const [question] = await eventually(async () => {
      const { data } = (await client.list({ chat: `+${friend.number}`, direction: 'incoming' })).body;
      return data.length > 0 && (data as { id: string }[]);
    });
    const answer = await client.post({
      to: friend.number,
      type: 'text',
      text: { body: 'Here.' },
      replyTo: question?.id,
    });
    expect(answer.body).toMatchObject({ status: 'queued', replyTo: question?.id });
    await client.until(answer.body.id, 'delivered');
    const received = await waybill.sandbox.messages<{ text: string; replyTo?: unknown }>(friend.number);
    expect(JSON.stringify(received.find(({ text }) => text === 'Here.'))).toContain(id);
  });

  it('keeps its order within a chat, while chats are served side by side', async () => {
    const other = await waybill.sandbox.newPhone();
    const bodies = Array.from({ length: 25 }, (_, n) => `number ${n}`);
    for (const body of bodies) {
      await client.send(friend, body);
      await client.send(other, body);
    }
    await eventually(async () => (await heard(friend)).length === 25 && (await heard(other)).length === 25, 30_000);
    expect(await heard(friend)).toEqual(bodies);
    expect(await heard(other)).toEqual(bodies);
  });

  it('is sent while the phone is offline, and delivered when it is back', async () => {
    await settings({ online: false });
    const id = await client.send(friend, 'later');
    expect(await client.until(id, 'sent')).toMatchObject({ deliveredAt: null });
    await settings({ online: true });
    await client.until(id, 'delivered');
    expect(await heard()).toEqual(['later']);
  });

  it('to a number that is not on WhatsApp fails with that reason', async () => {
    await settings({ exists: false });
    const id = await client.send(friend, 'nobody there');
    const { error, timeline } = await client.until(id, 'failed');
    expect(error).toEqual({ code: 'not_on_whatsapp', reason: expect.any(String), retryable: false });
    expect(timeline.at(-1)?.detail).toContain('not on WhatsApp');
  });

  it('that WhatsApp refuses fails with its code and a reason, and the next one is sent', async () => {
    await waybill.sandbox.fault({ kind: 'nack', code: 463, number: client.session.phone.number });
    const [refused, next] = [await client.send(friend, 'refused'), await client.send(friend, 'next')];
    expect((await client.until(refused, 'failed')).error).toEqual({
      code: 'whatsapp_463',
      reason: expect.stringContaining('new chats'),
      retryable: false,
    });
    await client.until(next, 'delivered');
    expect(await heard()).toEqual(['next']);
  });

  it('to a group that does not exist fails at once', async () => {
    const { body } = await client.post({ to: '123456789012345678@g.us', type: 'text', text: { body: 'anybody?' } });
    const { timeline, error } = await client.until(body.id, 'failed');
    expect(error).toMatchObject({ code: 'whatsapp_404', retryable: false });
    expect(timeline.map(({ event }) => event)).toEqual(['queued', 'failed']);
  });

  it('that cannot be encrypted says so, did not leave, and can be canceled', async () => {
    await waybill.sandbox.fault({ kind: 'no-keys', number: friend.number, count: 1000 });
    const id = await client.send(friend, 'no keys');
    await eventually(async () => (await client.get(id)).timeline.at(-1)?.detail.includes('no keys'), 30_000);
    await eventually(async () => (await client.call(`POST /v1/messages/${id}/cancel`)).status === 200, 30_000);
    expect(await heard()).toEqual([]);
  });

  it('that WhatsApp refuses temporarily is sent again, before the next one', async () => {
    await waybill.sandbox.fault({ kind: 'nack', code: 503, count: 2, number: client.session.phone.number });
    const [first, second] = [await client.send(friend, 'first'), await client.send(friend, 'second')];
    const { timeline } = await client.until(first, 'delivered');
    expect(timeline.map(({ event }) => event)).toEqual(['queued', 'held', 'sent', 'delivered']);
    await client.until(second, 'delivered');
    expect(await heard()).toEqual(['first', 'second']);
  });

  it('is sent once its ack comes, however late', async () => {
    await waybill.sandbox.fault({ kind: 'slow-ack', ms: 2000, number: client.session.phone.number });
    await settings({ receipts: 'none' });
    const started = Date.now();
    await client.until(await client.send(friend, 'slow'), 'sent');
    expect(Date.now() - started).toBeGreaterThan(1500);
  });

  it('whose ack is lost counts as sent when it is delivered', async () => {
    await waybill.sandbox.fault({ kind: 'lose-ack', number: client.session.phone.number });
    await client.until(await client.send(friend, 'no ack'), 'delivered');
    expect(await heard()).toEqual(['no ack']);
  });

  it('whose ack is lost with the connection is sent again, and the phone shows it once', async () => {
    await settings({ receipts: 'none' });
    const { number } = client.session.phone;
    await waybill.sandbox.fault({ kind: 'lose-ack', number });
    const id = await client.send(friend, 'twice');
    await eventually(async () => (await heard()).includes('twice'));
    await waybill.sandbox.fault({ kind: 'drop', number });
    const { timeline } = await client.until(id, 'sent');
    expect(timeline.map(({ event }) => event)).toEqual(['queued', 'held', 'sent']);
    await eventually(async () => (await waybill.sandbox.messages(friend.number)).length === 2);
    expect(await heard()).toEqual(['twice']);
  });
});

describe('a session that is offline', () => {
  it('holds its messages, records why, and sends them in order when it is back', async () => {
    const { user, id: sessionId } = client.session;
    await waybill.call(`POST /v1/sessions/${sessionId}/stop`, { key: user.key });
    await waybill.until(user, sessionId, { status: 'stopped' });
    const ids = [
      await client.send(friend, 'one'),
      await client.send(friend, 'two'),
      await client.send(friend, 'three'),
    ];
    const held = await eventually(async () => {
      const message = await client.get(ids[0] ?? '');
      return message.timeline.length === 2 && message;
    });
    expect(held).toMatchObject({ status: 'queued', timeline: [{ event: 'queued' }, { event: 'held' }] });
    expect(held.timeline.at(-1)?.detail).toContain('not connected');
    await waybill.call(`POST /v1/sessions/${sessionId}/restart`, { key: user.key });
    await Promise.all(ids.map((id) => client.until(id, 'delivered')));
    expect(await heard()).toEqual(['one', 'two', 'three']);
  });
});

describe('canceling', () => {
  it('prevents a message of an offline session from being sent', async () => {
    const { user, id: sessionId } = client.session;
    await waybill.call(`POST /v1/sessions/${sessionId}/stop`, { key: user.key });
    await waybill.until(user, sessionId, { status: 'stopped' });
    const [gone, kept] = [await client.send(friend, 'canceled'), await client.send(friend, 'kept')];
    const answer = await client.call(`POST /v1/messages/${gone}/cancel`);
    expect([answer.status, answer.body.status]).toEqual([200, 'canceled']);
    expect((await client.call(`POST /v1/messages/${gone}/cancel`)).body.status).toBe('canceled');
    await waybill.call(`POST /v1/sessions/${sessionId}/restart`, { key: user.key });
    await client.until(kept, 'delivered');
    expect(await heard()).toEqual(['kept']);
    expect((await client.get(gone)).status).toBe('canceled');
  });

  it('is refused once the message was sent', async () => {
    const id = await client.send(friend, 'gone');
    await client.until(id, 'sent');
    const answer = await client.call(`POST /v1/messages/${id}/cancel`);
    expect(answer.body).toMatchObject({ status: 409, code: 'message_not_cancelable' });
  });
});

describe('a scheduled message', () => {
  const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
  const schedule = (body: string, scheduledAt: string) =>
    client.post({ to: friend.number, type: 'text', text: { body }, scheduledAt });

  it('is sent at its time and not before', async () => {
    const scheduledAt = inMs(1500);
    const { status, body } = await schedule('on time', scheduledAt);
    expect([status, body.status, body.scheduledAt]).toEqual([202, 'scheduled', scheduledAt]);
    const { sentAt, timeline } = await client.until(body.id, 'delivered');
    expect(timeline.map(({ event }) => event)).toEqual(['scheduled', 'queued', 'sent', 'delivered']);
    expect(Date.parse(String(sentAt))).toBeGreaterThanOrEqual(Date.parse(scheduledAt));
  });

  it('can be canceled, and is not sent', async () => {
    const canceled = await schedule('never', inMs(1200));
    const kept = await schedule('kept', inMs(1500));
    expect((await client.call(`POST /v1/messages/${canceled.body.id}/cancel`)).body.status).toBe('canceled');
    await client.until(kept.body.id, 'delivered');
    expect(await heard()).toEqual(['kept']);
  });

  it('is refused where its time has passed', async () => {
    expect((await schedule('late', inMs(-60_000))).body).toMatchObject({ status: 422, code: 'scheduled_in_the_past' });
  });
});
