import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient, type MessageBody } from '../support/messages-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: WaybillClient;
let client: MessagesClient;
let friend: SandboxPhone;

beforeAll(async () => {
  waybill = await sharedWaybill();
  friend = await waybill.sandbox.newPhone();
});

const message = async (id: string): Promise<MessageBody> =>
  (await waybill.admin(`GET /v1/admin/messages/${id}`)).body as MessageBody;
const lastEntry = async (id: string) => (await message(id)).timeline.at(-1);
const has = (id: string, status: string) => eventually(async () => (await message(id)).status === status, 30_000);
const session = async () => (await waybill.admin(`GET /v1/admin/sessions/${client.session.id}`)).body;
const receivedTexts = async () =>
  (await waybill.sandbox.messages<{ readonly text?: string }>(friend.number)).map(({ text }) => text);
const soon = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString();

/** Accepts a text with a key; answers its id. */
const accept = async (key: string, body: string, more: object = {}): Promise<string> => {
  const text = { to: friend.number, type: 'text', text: { body }, sessionId: client.session.id, ...more };
  const answer = await waybill.call('POST /v1/messages', { key, body: text });
  if (answer.status !== 202) throw new Error(`Not accepted: ${answer.text}`);
  return answer.body.id;
};

describe('a user who is deactivated', () => {
  it('has no connection and sends nothing until they are activated', async () => {
    client = await MessagesClient.link(waybill);
    const { user } = client.session;
    const scheduled = await accept(user.key, 'not before they are back', { scheduledAt: soon(1500) });
    expect((await waybill.admin(`POST /v1/admin/users/${user.id}/deactivate`)).status).toBe(200);
    await eventually(async () => (await session()).status === 'stopped');
    expect((await session()).reason).toContain('deactivated');
    await has(scheduled, 'queued');
    const restart = await waybill.admin(`POST /v1/admin/sessions/${client.session.id}/restart`);
    expect(restart.body).toMatchObject({ status: 409, code: 'user_inactive' });
    await eventually(async () => (await lastEntry(scheduled))?.event === 'held');
    expect((await lastEntry(scheduled))?.detail).toContain('The user is deactivated');
    expect(await receivedTexts()).not.toContain('not before they are back');

    expect((await waybill.admin(`POST /v1/admin/users/${user.id}/activate`)).status).toBe(200);
    await has(scheduled, 'delivered');
    expect(await receivedTexts()).toContain('not before they are back');
  });

  it('keeps a session stopped that was stopped before', async () => {
    client = await MessagesClient.link(waybill);
    const { user, id } = client.session;
    await waybill.call(`POST /v1/sessions/${id}/stop`, { key: user.key });
    const waits = await accept(user.key, 'waits for its session, and then for its user');
    const isToldOf = (reason: string) => eventually(async () => (await lastEntry(waits))?.detail.includes(reason));
    await isToldOf('not connected');
    await waybill.admin(`POST /v1/admin/users/${user.id}/deactivate`);
    await isToldOf('deactivated');
    await waybill.admin(`POST /v1/admin/users/${user.id}/activate`);
    await isToldOf('not connected');
    const events = async () =>
      (await waybill.admin(`GET /v1/admin/streams/session-${id}?limit=100`)).body.data.map(
        ({ type }: { readonly type: string }) => type,
      );
    await eventually(async () => (await events()).includes('SessionResumed'));
    expect((await session()).status).toBe('stopped');
  });
});

describe('messages that wait', () => {
  const later = { scheduledAt: soon(3_600_000) };

  beforeAll(async () => {
    client = await MessagesClient.link(waybill);
    const { user, id } = client.session;
    await waybill.call(`POST /v1/sessions/${id}/stop`, { key: user.key });
  });

  it('are canceled with the key that they were accepted with, where its revocation says so', async () => {
    const { user } = client.session;
    const revoked = await waybill.newKey(user.id);
    const kept = await waybill.newKey(user.id);
    const mine = [await accept(revoked, 'queued'), await accept(revoked, 'scheduled', later)];
    const others = [await accept(kept, 'queued'), await accept(user.key, 'scheduled', later)];
    const revoke = (key: string, query = '') =>
      waybill.admin(`DELETE /v1/admin/users/${user.id}/api-keys/${key.split('_')[1]}${query}`);
    expect((await revoke(revoked, '?cancelUnsent=perhaps')).status).toBe(400);
    expect((await revoke(revoked, '?cancelUnsent=true')).status).toBe(204);
    await Promise.all(mine.map((id) => has(id, 'canceled')));
    expect((await revoke(kept)).status).toBe(204);
    expect((await Promise.all(others.map(message))).map(({ status }) => status)).toEqual(['queued', 'scheduled']);
  });

  it('are canceled by admins, but not by auditors', async () => {
    const id = await accept(client.session.user.key, 'to be canceled');
    const body = { email: 'auditor@example.com', password: 'long enough', role: 'auditor' };
    await waybill.admin('POST /v1/admin/admins', { body });
    const login = await waybill.call('POST /v1/admin/auth/login', {
      body: { email: body.email, password: body.password },
    });
    const route = `POST /v1/admin/messages/${id}/cancel`;
    expect((await waybill.call(route, { token: login.body.accessToken })).status).toBe(403);
    expect((await waybill.admin(route)).body).toMatchObject({ id, status: 'canceled' });
    expect((await waybill.admin(route)).status).toBe(200);
    const unknown = await waybill.admin('POST /v1/admin/messages/0199a3c4-1f00-7000-8000-0000000000d1/cancel');
    expect(unknown.body.code).toBe('message_not_found');
  });
});

describe('a user who is deleted', () => {
  it('is in no view any more, with everything they had', async () => {
    client = await MessagesClient.link(waybill);
    const { user, id, phone } = client.session;
    const sent = await accept(user.key, 'zebra one');
    await has(sent, 'delivered');
    await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, {
      to: phone.number,
      type: 'text',
      text: 'zebra two',
    });
    const found = async () => (await waybill.admin('GET /v1/admin/messages?q=zebra')).body.data.length;
    await eventually(async () => (await found()) === 2);
    const scheduled = await accept(user.key, 'zebra three', { scheduledAt: soon(3_600_000) });

    expect((await waybill.admin(`DELETE /v1/admin/users/${user.id}`)).status).toBe(204);
    await eventually(async () => (await found()) === 0, 60_000);
    for (const route of [`messages/${sent}`, `messages/${scheduled}`, `sessions/${id}`, `users/${user.id}`]) {
      expect([route, (await waybill.admin(`GET /v1/admin/${route}`)).status]).toEqual([route, 404]);
    }
    const list = await waybill.admin(`GET /v1/admin/messages?userId=${user.id}`);
    expect(list.body.data).toEqual([]);
    const events = (await waybill.admin(`GET /v1/admin/streams/message-${scheduled}`)).body.data as object[];
    expect(events.at(-1)).toMatchObject({ type: 'MessageFailed' });
  });
});
