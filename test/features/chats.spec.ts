import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

type Chat = {
  readonly id: string;
  readonly unread: number;
  readonly archived: boolean;
  readonly phoneNumber: string | null;
  readonly name: string | null;
  readonly lastMessage: { readonly id: string; readonly text?: { readonly body: string } } | null;
};
type OnPhone = { readonly direction: string; readonly status?: string };

let waybill: Waybill;
let client: MessagesClient;
let ada: SandboxPhone;
let bob: SandboxPhone;

beforeAll(async () => {
  waybill = await Waybill.start();
});

afterAll(() => waybill.end());

beforeEach(async () => {
  client = await MessagesClient.link(waybill);
  ada = await waybill.sandbox.newPhone({ name: 'Ada Lovelace' });
  bob = await waybill.sandbox.newPhone({ name: 'Bob' });
});

const list = async (query: Readonly<Record<string, string>> = {}): Promise<readonly Chat[]> =>
  (await client.call(`GET /v1/chats?${new URLSearchParams(query).toString()}`)).body.data;

const say = (from: SandboxPhone, text: string, to = client.session.phone.number) =>
  waybill.sandbox.ask<{ readonly id: string }>(`POST /phones/${from.number}/messages`, { to, type: 'text', text });

/** The chat with a phone once its last message has this text. */
const chatWith = ({ number }: SandboxPhone, text: string): Promise<Chat> =>
  eventually(async () => {
    const found = (await list()).find(({ phoneNumber }) => phoneNumber === `+${number}`);
    return found?.lastMessage?.text?.body === text && found;
  });

const act = async (chat: Chat, action: string): Promise<Chat> =>
  (await client.call(`POST /v1/chats/${chat.id}/${action}`)).body;

/** Two chats with a phone: WhatsApp has not told yet that they are one. The newest message is in the one by the LID. */
const writeUnderBoth = async (phone: SandboxPhone, meanwhile?: () => Promise<unknown>): Promise<readonly string[]> => {
  await waybill.sandbox.ask(`PATCH /phones/${phone.number}`, { lidKnown: false });
  await say(phone, 'by number');
  const { id } = await chatWith(phone, 'by number');
  await meanwhile?.();
  const sent = await client.post({ to: `${phone.lid}@lid`, type: 'text', text: { body: 'to the LID' } });
  return [id, sent.body.chatId];
};

/** WhatsApp tells that both are one. */
const becomesOne = async (phone: SandboxPhone): Promise<void> => {
  await waybill.sandbox.ask(`PATCH /phones/${phone.number}`, { lidKnown: true });
  await client.call('POST /v1/numbers/check', { body: { numbers: [`+${phone.number}`] } });
};

describe('the chats of a user', () => {
  it('are those with whom they have messages, with the newest first', async () => {
    await say(ada, 'Hello');
    await chatWith(ada, 'Hello');
    await client.send(bob, 'Hi Bob');
    await chatWith(bob, 'Hi Bob');
    expect(await list()).toMatchObject([
      { kind: 'person', phoneNumber: `+${bob.number}`, unread: 0, lastMessage: { direction: 'outgoing' } },
      { kind: 'person', phoneNumber: `+${ada.number}`, unread: 1, name: 'Ada Lovelace', archived: false },
    ]);
    await say(ada, 'Are you there?');
    const chat = await chatWith(ada, 'Are you there?');
    expect((await list()).map(({ phoneNumber }) => phoneNumber)).toEqual([`+${ada.number}`, `+${bob.number}`]);
    expect(chat.unread).toBe(2);
    const first = await client.call('GET /v1/chats?limit=1');
    expect(first.body.data).toHaveLength(1);
    const second = await client.call(`GET /v1/chats?limit=1&cursor=${first.body.next}`);
    expect(second.body.data).toMatchObject([{ phoneNumber: `+${bob.number}` }]);
    const messages = await client.call(`GET /v1/chats/${chat.id}/messages`);
    const texts = messages.body.data.map((message: { readonly text: object }) => message.text);
    expect(texts).toEqual([{ body: 'Are you there?' }, { body: 'Hello' }]);
  });

  it('are found by name and by number', async () => {
    await say(ada, 'Hello');
    await say(bob, 'Hello');
    await chatWith(ada, 'Hello');
    await chatWith(bob, 'Hello');
    expect(await list({ q: 'lovel' })).toMatchObject([{ name: 'Ada Lovelace' }]);
    expect(await list({ q: `+${bob.number}` })).toMatchObject([{ name: 'Bob' }]);
    expect(await list({ sessionId: client.session.id })).toHaveLength(2);
    expect(await list({ sessionId: '0199a3c4-1f00-7000-8000-00000000dead' })).toEqual([]);
  });

  it('are groups, too', async () => {
    const participants = [client.session.phone.number, bob.number];
    const group = { subject: 'Friends', participants };
    const { jid } = await waybill.sandbox.ask<{ readonly jid: string }>(`POST /phones/${ada.number}/groups`, group);
    await say(ada, 'All of you', jid);
    const chat = await eventually(async () => (await list())[0] ?? false);
    expect(chat).toMatchObject({ kind: 'group', chat: jid, phoneNumber: null, name: 'Friends', unread: 1 });
  });

  it('are nobody else’s', async () => {
    await say(ada, 'Hello');
    const { id } = await chatWith(ada, 'Hello');
    const stranger = await waybill.newUser();
    for (const route of ['GET', 'POST'].map(
      (method) => `${method} /v1/chats/${id}${method === 'POST' ? '/read' : ''}`,
    )) {
      const answer = await waybill.call(route, { key: stranger.key });
      expect([answer.status, answer.body.code]).toEqual([404, 'chat_not_found']);
    }
    expect((await waybill.call('GET /v1/chats', { key: stranger.key })).body.data).toEqual([]);
  });

  it('have that of a person who has two by number and by LID once, in the place of its newest message', async () => {
    const [byNumber, byLid] = await writeUnderBoth(ada, () => say(bob, 'Hello').then(() => chatWith(bob, 'Hello')));
    const numbersOf = (found: readonly Chat[]) => found.map(({ phoneNumber, unread }) => [phoneNumber, unread]);
    const byPages = async (query: string): Promise<readonly Chat[]> => {
      const first = (await client.call(`GET /v1/chats?limit=1${query}`)).body;
      const second = (await client.call(`GET /v1/chats?limit=1${query}&cursor=${first.next}`)).body;
      expect(second.next).toBeNull();
      return [...first.data, ...second.data];
    };
    expect(await list()).toHaveLength(3);
    await becomesOne(ada);
    const both = [
      [`+${ada.number}`, 1],
      [`+${bob.number}`, 1],
    ];
    for (const query of ['', '&unread=true']) expect(numbersOf(await byPages(query))).toEqual(both);
    const [chat] = await list();
    for (const id of [byNumber, byLid]) {
      expect((await client.call(`GET /v1/chats/${id}`)).body).toEqual(chat);
      expect((await client.call(`GET /v1/chats/${id}/messages`)).body.data).toHaveLength(2);
    }
    expect((await client.call(`POST /v1/chats/${byLid}/read`)).body).toMatchObject({ id: chat?.id, unread: 0 });
    expect(numbersOf(await list({ unread: 'true' }))).toEqual(both.slice(1));
    await say(ada, 'and again');
    expect(await chatWith(ada, 'and again')).toMatchObject({ id: chat?.id, unread: 1 });
    expect(numbersOf(await byPages(''))).toEqual(both);
    expect((await client.call(`POST /v1/chats/${byNumber}/archive`)).body).toMatchObject({ id: chat?.id });
    expect(numbersOf(await list({ archived: 'true' }))).toEqual(both.slice(0, 1));
  });

  it('are the same after the views were deleted', async () => {
    const cara = await waybill.sandbox.newPhone({ name: 'Cara' });
    await writeUnderBoth(cara);
    await becomesOne(cara);
    await say(ada, 'Hello');
    await act(await chatWith(ada, 'Hello'), 'archive');
    await say(bob, 'Hello');
    await act(await chatWith(bob, 'Hello'), 'read');
    await client.send(bob, 'Hi');
    await eventually(async () => (await chatWith(bob, 'Hi')).lastMessage !== null);
    const before = (await list()).map(({ lastMessage, ...chat }) => ({ ...chat, last: lastMessage?.id }));
    await waybill.shutDown();
    await waybill.deleteViews();
    await waybill.boot();
    const after = await eventually(async () => {
      const { status, body } = await client.call('GET /v1/chats');
      return status === 200 && (body.data as readonly Chat[]);
    });
    expect(after.map(({ lastMessage, ...chat }) => ({ ...chat, last: lastMessage?.id }))).toEqual(before);
  });
});

describe('a chat', () => {
  it('is read with all its messages, which their sender sees, and can be marked as unread again', async () => {
    for (const text of ['one', 'two', 'three']) await say(ada, text);
    const chat = await chatWith(ada, 'three');
    expect(chat.unread).toBe(3);
    expect((await act(chat, 'read')).unread).toBe(0);
    await eventually(async () => {
      const all = await waybill.sandbox.messages<OnPhone>(ada.number);
      const sent = all.filter(({ direction }) => direction === 'outgoing');
      return sent.length === 3 && sent.every(({ status }) => status === 'read');
    });
    expect(await list({ unread: 'true' })).toEqual([]);
    expect((await act(chat, 'unread')).unread).toBe(1);
    expect((await act(chat, 'unread')).unread).toBe(1);
    expect(await list({ unread: 'true' })).toHaveLength(1);
    expect((await act(chat, 'read')).unread).toBe(0);
    expect(await list({ unread: 'false' })).toHaveLength(1);
  });

  it('has less that is unread when one of its messages is read', async () => {
    await say(ada, 'one');
    await say(ada, 'two');
    const chat = await chatWith(ada, 'two');
    await client.call(`POST /v1/messages/${chat.lastMessage?.id}/read`);
    expect((await client.call(`GET /v1/chats/${chat.id}`)).body.unread).toBe(1);
  });

  it('shows the other one that somebody is typing or recording, while the session is connected', async () => {
    await say(ada, 'Hello');
    const chat = await chatWith(ada, 'Hello');
    const show = (state: string) => client.call(`PUT /v1/chats/${chat.id}/presence`, { body: { state } });
    for (const state of ['typing', 'recording', 'paused']) {
      expect((await show(state)).status).toBe(202);
      await eventually(async () => {
        const { activities } = await waybill.sandbox.ask<{ readonly activities: readonly { activity: string }[] }>(
          `GET /phones/${ada.number}`,
        );
        return activities.length === 1 && activities[0]?.activity === state;
      });
    }
    const { id, user } = client.session;
    await client.call(`POST /v1/sessions/${id}/stop`);
    await waybill.until(user, id, { status: 'stopped' });
    expect((await show('typing')).body).toMatchObject({ status: 409, code: 'session_not_connected' });
  });

  it('is archived and marked as unread on the phone as well, at once or when the session is back', async () => {
    await say(ada, 'Hello');
    const chat = await chatWith(ada, 'Hello');
    const onPhone = (marks: object) =>
      eventually(async () => {
        const { number } = client.session.phone;
        const marked = await waybill.sandbox.ask<readonly object[]>(`GET /phones/${number}/chats`);
        return JSON.stringify(marked) === JSON.stringify([{ chat: ada.number, ...marks }]);
      });
    await act(chat, 'archive');
    await onPhone({ archived: true });
    await act(chat, 'read');
    await act(chat, 'unread');
    await onPhone({ archived: true, read: false });
    const { id, user } = client.session;
    await client.call(`POST /v1/sessions/${id}/stop`);
    await waybill.until(user, id, { status: 'stopped' });
    await act(chat, 'unarchive');
    await act(chat, 'read');
    await client.call(`POST /v1/sessions/${id}/restart`);
    await onPhone({ archived: false, read: true });
  });

  it('is as the owner of the account leaves it on the phone', async () => {
    const { number } = client.session.phone;
    const onPhone = (marks: object) => waybill.sandbox.ask(`PATCH /phones/${number}/chats/${ada.number}`, marks);
    const shows = (fields: object) =>
      eventually(async () => {
        const shown: Record<string, unknown> = (await client.call(`GET /v1/chats/${chat.id}`)).body;
        return Object.entries(fields).every(([field, value]) => shown[field] === value);
      });
    const { id } = await say(ada, 'one');
    await say(ada, 'two');
    const chat = await chatWith(ada, 'two');
    await waybill.sandbox.ask(`POST /phones/${number}/messages/${id}/read`);
    await shows({ unread: 1 });
    await onPhone({ read: true, archived: true });
    await shows({ unread: 0, archived: true });
    await onPhone({ read: false });
    await shows({ unread: 1 });
    await onPhone({ read: true, archived: false });
    await shows({ unread: 0, archived: false });
    const { timeline } = await client.get(chat.lastMessage?.id ?? '');
    expect(timeline.map(({ event }) => event)).toEqual(['received', 'read']); // and nothing is reported from here
  });

  it('has unread what came after the last message that its owner read on the phone', async () => {
    const first = await say(ada, 'one');
    const sentAt = new Date(Date.now() + 5000).toISOString();
    await waybill.sandbox.ask(`POST /phones/${ada.number}/messages`, {
      to: client.session.phone.number,
      type: 'text',
      text: 'two',
      sentAt,
    });
    const chat = await chatWith(ada, 'two');
    expect(chat.unread).toBe(2);
    const path = `PATCH /phones/${client.session.phone.number}/chats/${ada.number}`;
    await waybill.sandbox.ask(path, { read: true, upTo: first.id });
    const read = async (): Promise<readonly boolean[]> => {
      const { data } = (await client.call(`GET /v1/chats/${chat.id}/messages`)).body;
      return (data as readonly { readonly readAt: string | null }[]).map(({ readAt }) => readAt !== null);
    };
    await eventually(async () => (await read())[1] === true);
    expect(await read()).toEqual([false, true]);
    expect((await client.call(`GET /v1/chats/${chat.id}`)).body.unread).toBe(1);
    await waybill.sandbox.ask(path, { read: true });
    await eventually(async () => (await client.call(`GET /v1/chats/${chat.id}`)).body.unread === 0);
  });

  it('is archived, and taken out again', async () => {
    await say(ada, 'Hello');
    const chat = await chatWith(ada, 'Hello');
    expect((await act(chat, 'archive')).archived).toBe(true);
    expect([await list({ archived: 'true' }), await list({ archived: 'false' })].map(({ length }) => length)).toEqual([
      1, 0,
    ]);
    expect((await act(chat, 'unarchive')).archived).toBe(false);
    expect(await list({ archived: 'false' })).toHaveLength(1);
  });
});
