import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

type OnPhone = { readonly id: string; readonly direction: string; readonly status?: string };

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

/** The friend writes; answers the message's id here. */
const said = async (text: string): Promise<string> => {
  const to = client.session.phone.number;
  await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, { to, type: 'text', text });
  return eventually(async () => {
    const [newest] = (await client.list({ chat: `+${friend.number}`, direction: 'incoming' })).body.data;
    return newest?.text.body === text && newest.id;
  });
};

const mark = (id: string, as: 'read' | 'played') => client.call(`POST /v1/messages/${id}/${as}`);

/** Waits until the friend's phone shows how far the last message has come. */
const shownToFriend = (status: string): Promise<boolean> =>
  eventually(async () => {
    const all = await waybill.sandbox.messages<OnPhone>(friend.number);
    return all.findLast(({ direction }) => direction === 'outgoing')?.status === status;
  });

const eventsOf = async (id: string): Promise<readonly string[]> =>
  (await client.get(id)).timeline.map(({ event }) => event);

describe('a received message', () => {
  it('is read once, however often it is marked, and its sender sees it', async () => {
    const id = await said('Hello?');
    const first = await mark(id, 'read');
    expect([first.status, first.body]).toMatchObject([200, { id, status: 'received', readAt: expect.any(String) }]);
    expect((await mark(id, 'read')).body.readAt).toBe(first.body.readAt);
    await shownToFriend('read');
    await eventually(async () => (await eventsOf(id)).includes('read_reported'));
    expect(await eventsOf(id)).toEqual(['received', 'read', 'read_reported']);
  });

  it('that was played was read, too', async () => {
    const id = await said('Listen');
    expect((await mark(id, 'played')).body).toMatchObject({ readAt: expect.any(String), playedAt: expect.any(String) });
    await shownToFriend('played');
  });
});

describe('where the session sends no read receipts', () => {
  const set = (readReceipts: boolean) =>
    client.call(`PATCH /v1/sessions/${client.session.id}`, { body: { settings: { readReceipts } } });

  it('a message is read and played here, and its sender never hears of it, also once receipts are sent again', async () => {
    expect((await set(false)).body).toMatchObject({ settings: { readReceipts: false } });
    const hidden = await said('Have you read this?');
    expect((await mark(hidden, 'played')).body).toMatchObject({
      readAt: expect.any(String),
      playedAt: expect.any(String),
    });
    await set(true);
    const { id: sessionId, user } = client.session;
    await client.call(`POST /v1/sessions/${sessionId}/restart`);
    await waybill.until(user, sessionId, { status: 'connected' });
    const seen = await said('And this?');
    await mark(seen, 'read');
    await shownToFriend('read');
    const all = await waybill.sandbox.messages<OnPhone>(friend.number);
    const statuses = all.flatMap(({ direction, status }) => (direction === 'outgoing' ? status : []));
    expect(statuses).toEqual(['delivered', 'read']);
    expect(await eventsOf(hidden)).toEqual(['received', 'read', 'played']);
  });
});

describe('what cannot be marked', () => {
  it('is a message that was sent, and that of another user', async () => {
    const sent = await client.send(friend, 'Hello');
    expect((await mark(sent, 'read')).body).toMatchObject({ status: 409, code: 'message_not_received' });
    const id = await said('Hi');
    const stranger = await waybill.newUser();
    const answer = await waybill.call(`POST /v1/messages/${id}/read`, { key: stranger.key });
    expect([answer.status, answer.body.code]).toEqual([404, 'message_not_found']);
  });
});
