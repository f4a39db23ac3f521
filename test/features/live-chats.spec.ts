import { beforeAll, expect, it } from '@jest/globals';
import { EventStreamClient } from '../support/event-stream.js';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { SocketClient } from '../support/socket-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: WaybillClient;
let client: MessagesClient;

type Shown = { readonly id: string; readonly chatId: string; readonly text?: { readonly body: string } };
type Reader = Pick<EventStreamClient, 'events' | 'cut'>;

beforeAll(async () => {
  waybill = await sharedWaybill();
  client = await MessagesClient.link(waybill);
}, 240_000);

const write = async (from: SandboxPhone, message: object): Promise<string> => {
  const request = { to: client.session.phone.number, type: 'text', ...message };
  return (await waybill.sandbox.ask<{ id: string }>(`POST /phones/${from.number}/messages`, request)).id;
};

/** The message with this text, as soon as it is there. */
const shown = (body: string): Promise<Shown> =>
  eventually(async () => {
    const listed = (await client.list({})).body.data as readonly Shown[];
    return listed.find(({ text }) => text?.body === body) ?? false;
  });

const types = ['message.received', 'message.edited'];

const follow = async (chat: string, after?: string): Promise<readonly Reader[]> => {
  const query = new URLSearchParams({ types: types.join(','), chat, ...(after !== undefined && { after }) });
  const { key } = client.session.user;
  const stream = await EventStreamClient.open(`${waybill.url}/v1/events?${query.toString()}`, { 'x-api-key': key });
  const socket = await SocketClient.open(waybill.url);
  await socket.ask({ auth: { apiKey: key } });
  await socket.ask({ subscribe: { types, chat, ...(after !== undefined && { after }) } });
  return [stream, socket];
};

/** Of the one that came by the LID, what it says may be read a moment later. */
const told = ({ events }: Reader): readonly string[] => events.map(({ type, data }) => `${type} ${(data as Shown).id}`);

it('has all events of a person whose two chats turned out to be one, by each address and each id, also where it was opened before', async () => {
  const ada = await waybill.sandbox.newPhone({ name: 'Ada' });
  const other = await waybill.sandbox.newPhone({ name: 'Somebody else' });
  await waybill.sandbox.ask(`PATCH /phones/${ada.number}`, { lidKnown: false });
  const first = await write(ada, { text: 'by the number' });
  const { id, chatId: byNumber } = await shown('by the number');
  const sent = await client.post({ to: `${ada.lid}@lid`, type: 'text', text: { body: 'to the LID' } });
  const { chatId: byLid } = sent.body as Shown;
  expect(byLid).not.toBe(byNumber);

  const names = [`+${ada.number}`, `${ada.number}@s.whatsapp.net`, `${ada.lid}@lid`, byNumber, byLid];
  const early = (await Promise.all(names.map((name) => follow(name)))).flat();
  await waybill.sandbox.ask(`PATCH /phones/${ada.number}`, { lidKnown: true });
  await write(ada, { text: 'by the LID', addressing: 'lid' });
  const { id: second, chatId } = await shown('by the LID');
  await write(other, { text: 'not in this chat' });
  await shown('not in this chat');
  await write(ada, { type: 'edit', edit: { messageId: first, text: 'edited' }, addressing: 'lid' });
  await shown('edited');
  const listed = (await client.call('GET /v1/chats')).body.data as readonly { readonly id: string }[];
  expect(listed).toHaveLength(2);
  expect(listed.map(({ id }) => id)).toContain(chatId);

  const since = [`message.received ${second}`, `message.edited ${id}`];
  const late = (await Promise.all(names.map((name) => follow(name, '0')))).flat();
  await eventually(() => late.every(({ events }) => events.length >= 3));
  expect(late.map(told)).toEqual(late.map(() => [`message.received ${id}`, ...since]));
  await eventually(() => early.every(({ events }) => events.length >= 2));
  expect(early.map(told)).toEqual(early.map(() => since));
  for (const reader of [...early, ...late]) reader.cut();
}, 120_000);
