import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { documentedAnswers } from '../support/documented-answers.js';
import { eventually } from '../support/eventually.js';
import type { Answer } from '../support/http.js';
import { MessagesClient } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

type Message = {
  readonly id: string;
  readonly direction: string;
  readonly history?: boolean;
  readonly text: { readonly body: string };
};

let waybill: Waybill;
let client: MessagesClient;
let shop: SandboxPhone;
let ada: SandboxPhone;
let chatId: string;
let documented: ReturnType<typeof documentedAnswers>;
const differences: string[] = [];

const say = (from: SandboxPhone, to: SandboxPhone, text: string) =>
  waybill.sandbox.ask(`POST /phones/${from.number}/messages`, { to: to.number, type: 'text', text });
const messages = async (): Promise<readonly Message[]> =>
  (await client.call(`GET /v1/chats/${chatId}/messages`)).body.data as readonly Message[];
/** Oldest first. */
const texts = async (): Promise<readonly string[]> => (await messages()).map(({ text }) => text.body).toReversed();
/** Asks, and compares the answer with the OpenAPI document. */
const ask = async (body: object, id = chatId): Promise<Answer> => {
  const route = `POST /v1/chats/${id}/history`;
  const answer = await client.call(route, { body });
  differences.push(...documented.differences(route, answer));
  return answer;
};

beforeAll(async () => {
  waybill = await Waybill.start();
  documented = documentedAnswers((await waybill.call('GET /openapi.json')).body as OpenAPIObject);
  shop = await waybill.sandbox.newPhone({ name: 'Parcel shop' });
  ada = await waybill.sandbox.newPhone({ name: 'Ada' });
  await say(ada, shop, 'one');
  await say(shop, ada, 'two');
  await say(ada, shop, 'three');
  client = await MessagesClient.link(waybill, undefined, shop);
  await say(ada, shop, 'four');
  chatId = await eventually(async () => (await client.call('GET /v1/chats')).body.data[0]?.id ?? false);
}, 240_000);

afterAll(() => waybill.end());

describe('the messages from before a session was linked', () => {
  it('are not here until the phone is asked, which sends those before the oldest, once', async () => {
    expect(await texts()).toEqual(['four']);
    const answer = await ask({ count: 2 });
    expect([answer.status, answer.headers['location']]).toEqual([202, `/v1/chats/${chatId}/messages`]);
    await eventually(async () => (await texts()).length === 3);
    expect(await texts()).toEqual(['two', 'three', 'four']);
    await ask({});
    await eventually(async () => (await texts()).length === 4);
    const [newest] = await messages();
    await ask({ before: newest?.id ?? '', count: 50 });
    await say(ada, shop, 'five'); // what the phone sent before has been recorded then
    await eventually(async () => (await texts()).includes('five'));
    expect(await texts()).toEqual(['one', 'two', 'three', 'four', 'five']);
  });

  it('are marked, belong to whoever wrote them, and are neither unread nor the last message', async () => {
    const [five, four, ...older] = await messages();
    expect([five, four].map((message) => message?.history)).toEqual([undefined, undefined]);
    expect(older.map(({ history, direction }) => [history, direction])).toEqual([
      [true, 'incoming'],
      [true, 'outgoing'],
      [true, 'incoming'],
    ]);
    expect((await client.call(`GET /v1/chats/${chatId}`)).body).toMatchObject({
      unread: 2,
      lastMessage: { text: { body: 'five' } },
    });
    expect((await client.call(`POST /v1/messages/${older[2]?.id}/read`)).status).toBe(200);
    expect((await client.call(`GET /v1/chats/${chatId}`)).body).toMatchObject({ unread: 2 });
    expect((await client.call(`POST /v1/chats/${chatId}/read`)).body).toMatchObject({ unread: 0 });
    const timeline = await client.get(older[0]?.id ?? '');
    expect(timeline.timeline.map(({ event }) => event)).toEqual(['received']);
    expect((await client.call(`POST /v1/messages/${older[0]?.id}/read`)).status).toBe(200);
    expect((await client.call(`GET /v1/chats/${chatId}`)).body).toMatchObject({ unread: 0 });
  });

  it('are the same in views that are made anew', async () => {
    await waybill.shutDown();
    await waybill.deleteViews();
    await waybill.boot();
    await waybill.until(client.session.user, client.session.id, { status: 'connected' });
    await eventually(async () => (await client.call(`GET /v1/chats/${chatId}/messages`)).status === 200);
    expect(await texts()).toEqual(['one', 'two', 'three', 'four', 'five']);
  });

  it('are not asked for of a message or chat that is not there, nor without a connection', async () => {
    const nobody = '0199a3c4-1f00-7000-8000-00000000dead';
    expect((await ask({ before: nobody })).body).toMatchObject({ status: 404, code: 'message_not_found' });
    expect((await ask({}, nobody)).body).toMatchObject({ status: 404, code: 'chat_not_found' });
    expect((await ask({ count: 51 })).status).toBe(400);
    const { id, user } = client.session;
    await client.call(`POST /v1/sessions/${id}/stop`);
    await waybill.until(user, id, { status: 'stopped' });
    expect((await ask({})).body).toMatchObject({ status: 409, code: 'session_not_connected' });
    expect(differences).toEqual([]);
  });
});
