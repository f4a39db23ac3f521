import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

type OnPhone = {
  readonly id: string;
  readonly direction: string;
  readonly type: string;
  readonly text?: string;
  readonly target?: string;
  readonly duplicate?: boolean;
};

let waybill: Waybill;
let client: MessagesClient;
let friend: SandboxPhone;

beforeAll(async () => {
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
});

afterAll(() => waybill.end());

beforeEach(async () => {
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
});

const edit = (id: string, body: string) => client.call(`PATCH /v1/messages/${id}`, { body: { text: { body } } });
const revoke = (id: string) => client.call(`DELETE /v1/messages/${id}`);

const sent = async (body: string): Promise<string> => {
  const id = await client.send(friend, body);
  await client.until(id, 'delivered');
  return id;
};

/** What arrived on the friend's phone, once it is as much. */
const arrived = (count: number): Promise<readonly OnPhone[]> =>
  eventually(async () => {
    const all = await waybill.sandbox.messages<OnPhone>(friend.number);
    const incoming = all.filter(({ direction }) => direction === 'incoming');
    return incoming.length >= count && incoming;
  });

type Shown = Record<string, unknown> & { readonly timeline: readonly { readonly event: string }[] };

/** The message once its timeline has come to this event, and the field that follows from it is set. */
const until = (id: string, event: string, field?: 'editedAt' | 'revokedAt'): Promise<Shown> =>
  eventually(async () => {
    const message = (await client.call(`GET /v1/messages/${id}`)).body as Shown;
    const isThere = message.timeline.some((step) => step.event === event);
    return isThere && (field === undefined || message[field] !== null) && message;
  });

const offline = async (during: () => Promise<void>): Promise<void> => {
  const { id, user } = client.session;
  await client.call(`POST /v1/sessions/${id}/stop`);
  await waybill.until(user, id, { status: 'stopped' });
  await during();
  await client.call(`POST /v1/sessions/${id}/restart`);
  await waybill.until(user, id, { status: 'connected' });
};

describe('a message that was sent', () => {
  it('is edited on the recipient’s phone, and shows that it was', async () => {
    const id = await sent('at five');
    const answer = await edit(id, 'at six');
    expect([answer.status, answer.headers['location']]).toEqual([202, `/v1/messages/${id}`]);
    const [first, second] = await arrived(2);
    expect(second).toMatchObject({ type: 'edit', target: first?.id, text: 'at six' });
    const message = await until(id, 'edited', 'editedAt');
    expect(message).toMatchObject({ text: { body: 'at six' }, editedAt: expect.any(String) });
    expect(message.timeline.map(({ event }) => event).slice(-2)).toEqual(['edit_requested', 'edited']);
    expect((await client.list({ q: 'six', chat: `+${friend.number}` })).body.data).toHaveLength(1);
  });

  it('is deleted on the recipient’s phone, once however often that is asked for, and cannot be edited then', async () => {
    const id = await sent('a mistake');
    expect((await revoke(id)).status).toBe(202);
    expect((await revoke(id)).status).toBe(202);
    const message = await until(id, 'revoked', 'revokedAt');
    expect(message).toMatchObject({ revokedAt: expect.any(String) });
    const [first, ...others] = await arrived(2);
    expect(others).toMatchObject([{ type: 'revoke', target: first?.id }]);
    expect((await edit(id, 'better')).body.code).toBe('message_revoked');
  });

  it('is changed once the session is back, in order with what follows', async () => {
    const id = await sent('one');
    await offline(async () => {
      await edit(id, 'two');
      await client.send(friend, 'three');
      await edit(id, 'four');
      await revoke(id);
    });
    const shown = (await arrived(5)).map(({ type, text }) => [type, text]);
    expect(shown).toEqual([
      ['text', 'one'],
      ['edit', 'two'],
      ['text', 'three'],
      ['edit', 'four'],
      ['revoke', undefined],
    ]);
    await until(id, 'revoked');
  });

  it('is deleted, although edits of it could not be sent before', async () => {
    const id = await sent('as it was');
    await waybill.sandbox.fault({ kind: 'nack', number: client.session.phone.number, code: 403, count: 1 });
    await edit(id, 'refused');
    const message = await until(id, 'edit_failed');
    expect(message).toMatchObject({ status: 'delivered', text: { body: 'as it was' }, editedAt: null });
    await revoke(id);
    await until(id, 'revoked');
    expect((await arrived(2)).map(({ type }) => type)).toEqual(['text', 'revoke']);
  });

  it('says what the phone says last, where an edit from here could not leave before that', async () => {
    const id = await sent('at five');
    const [first] = await arrived(1);
    const { number } = client.session.phone;
    const text = 'at seven';
    await waybill.sandbox.fault({ kind: 'nack', number, code: 503, count: 1000 });
    await edit(id, 'at six');
    await eventually(async () => JSON.stringify(await waybill.sandbox.faults()).includes('"remaining":999'));
    const change = { to: friend.number, type: 'edit', edit: { messageId: first?.id, text } };
    await waybill.sandbox.ask(`POST /phones/${number}/messages`, change);
    const { timeline } = await until(id, 'edit_failed', 'editedAt');
    expect(timeline.at(-1)).toMatchObject({ detail: 'It was not edited: A later edit of the message counts.' });
    await waybill.sandbox.ask('DELETE /faults');
    await client.send(friend, 'see you');
    expect((await arrived(3)).map(({ text }) => text)).toEqual(['at five', text, 'see you']);
    expect((await client.call(`GET /v1/messages/${id}`)).body).toMatchObject({ text: { body: text } });
    await edit(id, 'at eight');
    expect((await arrived(4)).at(-1)).toMatchObject({ type: 'edit', target: first?.id, text: 'at eight' });
  });

  it('is asked for again in its new form by a phone that could not decrypt the edit', async () => {
    const id = await sent('could be read');
    await waybill.sandbox.fault({ kind: 'retry', number: friend.number, count: 1 });
    await edit(id, 'can be read');
    const [first, second] = await arrived(2);
    expect(second).toMatchObject({ type: 'edit', target: first?.id, text: 'can be read' });
  });
});

describe('what cannot be changed', () => {
  it('is not there, or another user’s', async () => {
    const other = await MessagesClient.link(waybill);
    const id = await sent('mine');
    for (const answer of [
      await other.call(`DELETE /v1/messages/${id}`),
      await other.call(`PATCH /v1/messages/${id}`, { body: { text: { body: 'yours' } } }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'message_not_found']);
    }
  });

  it('was received, or is not sent yet, or is no text', async () => {
    const { number } = client.session.phone;
    await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, { to: number, type: 'text', text: 'Hello?' });
    const chat = `+${friend.number}`;
    const received = await eventually(async () => (await client.list({ chat })).body.data[0] ?? false);
    expect((await revoke(received.id)).body).toMatchObject({ status: 409, code: 'message_not_own' });
    const scheduled = await client.post({
      to: chat,
      type: 'text',
      text: { body: 'later' },
      scheduledAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
    expect((await edit(scheduled.body.id, 'x')).body).toMatchObject({ status: 409, code: 'message_not_sent' });
    const place = await client.post({ to: chat, type: 'location', location: { latitude: 1, longitude: 2 } });
    await client.until(place.body.id, 'delivered');
    expect((await edit(place.body.id, 'x')).body).toMatchObject({ status: 409, code: 'message_not_editable' });
  });
});

describe('an edit that waits for its session', () => {
  /** A message that was sent from a session that is stopped since, and is to be edited. */
  const waiting = async (key: object = {}) => {
    const user = await waybill.newUser();
    const own = await MessagesClient.link(waybill, user);
    const id = await own.send(friend, 'at five');
    await own.until(id, 'delivered');
    await own.call(`POST /v1/sessions/${own.session.id}/stop`);
    await waybill.until(user, own.session.id, { status: 'stopped' });
    const secret = await waybill.newKey(user.id, key);
    const body = { text: { body: 'at six' } };
    expect((await own.call(`PATCH /v1/messages/${id}`, { key: secret, body })).status).toBe(202);
    return { own, id, user, secret };
  };

  /** Why it was not made, as the admin sees it. */
  const reasonOf = (id: string): Promise<string> =>
    eventually(async () => {
      const { body } = await waybill.admin(`GET /v1/admin/messages/${id}`);
      const { timeline } = body as {
        readonly timeline: readonly { readonly event: string; readonly detail: string }[];
      };
      return timeline.find(({ event }) => event === 'edit_failed')?.detail ?? false;
    });

  it('is not made once the session is deleted', async () => {
    const { own, id } = await waiting();
    await own.call(`DELETE /v1/sessions/${own.session.id}`);
    expect(await reasonOf(id)).toContain('The session was deleted');
  });

  it('is not made once its key is revoked, where that cancels what is not sent', async () => {
    const { id, user, secret } = await waiting();
    const keyId = secret.split('_')[1];
    await waybill.admin(`DELETE /v1/admin/users/${user.id}/api-keys/${keyId}?cancelUnsent=true`);
    expect(await reasonOf(id)).toContain('was revoked');
  });
});
