import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStreamClient } from '../support/event-stream.js';
import { eventually } from '../support/eventually.js';
import { MessagesClient, shownTexts } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: Waybill;
let client: MessagesClient;

beforeAll(async () => {
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
});

afterAll(() => waybill.end());

type Shown = {
  readonly id: string;
  readonly chatId: string;
  readonly chat: string;
  readonly from: string;
  readonly to: string;
  readonly sender: { readonly phoneNumber: string | null; readonly lid: string | null };
  readonly text?: { readonly body: string };
};

const accept = async (to: string, body: string, more: object = {}): Promise<Shown> => {
  const answer = await client.post({ to, type: 'text', text: { body }, ...more });
  if (answer.status !== 202) throw new Error(`Not accepted: ${answer.status} ${answer.text}`);
  return answer.body as Shown;
};

/** Has a message delivered, so that everything that WhatsApp tells on the way is known. */
const deliver = async (to: string, body: string, more: object = {}): Promise<Shown> => {
  const { id } = await accept(to, body, more);
  return (await client.until(id, 'delivered')) as unknown as Shown;
};

const write = async (from: SandboxPhone, to: SandboxPhone, message: object): Promise<string> => {
  const { id } = await waybill.sandbox.ask<{ id: string }>(`POST /phones/${from.number}/messages`, {
    to: to.number,
    type: 'text',
    ...message,
  });
  return id;
};

const listed = async (query: Readonly<Record<string, string>>): Promise<readonly Shown[]> =>
  (await client.list(query)).body.data as readonly Shown[];

/** The message with this text, as soon as it is there. */
const shown = (body: string): Promise<Shown> =>
  eventually(async () => (await listed({})).find(({ text }) => text?.body === body) ?? false);

const addressesOf = ({ number, lid }: SandboxPhone) => ({
  phoneNumber: `+${number}`,
  jid: `${number}@s.whatsapp.net`,
  lid: `${lid}@lid`,
});

describe('a person whose LID was known first', () => {
  it('is the same person in the same chat once WhatsApp names the number, also in views that are made anew', async () => {
    const ada = await waybill.sandbox.newPhone({ name: 'Ada' });
    const { phoneNumber, jid, lid } = addressesOf(ada);
    const first = await deliver(lid, 'to the LID');
    expect(first).toMatchObject({ chat: lid, to: lid });
    await write(ada, client.session.phone, { text: 'from Ada' });
    const answer = await shown('from Ada');
    expect(answer).toMatchObject({ from: phoneNumber, chat: jid, chatId: first.chatId, sender: { phoneNumber, lid } });
    const reply = await deliver(phoneNumber, 'a reply to both', { replyTo: first.id });
    const again = await deliver(lid, 'to the LID again', { replyTo: answer.id });

    const check = async (): Promise<void> => {
      const { chatId } = answer;
      for (const chat of [phoneNumber, jid, lid]) {
        const messages = await listed({ chat });
        expect(messages.map(({ id }) => id)).toEqual([again.id, reply.id, answer.id, first.id]);
        expect(messages.map((message) => [message.chatId, message.chat])).toEqual(messages.map(() => [chatId, jid]));
      }
      expect((await client.call(`GET /v1/chats?q=${phoneNumber.slice(1)}`)).body.data).toMatchObject([{ id: chatId }]);
      for (const chat of [phoneNumber, jid, lid]) {
        const query = `after=0&types=message.delivered,message.received&chat=${encodeURIComponent(chat)}`;
        const key = { 'x-api-key': client.session.user.key };
        const live = await EventStreamClient.open(`${waybill.url}/v1/events?${query}`, key);
        await live.until('message.received', ({ data }) => data.id === answer.id);
        for (const { id } of [first, again]) await live.until('message.delivered', ({ data }) => data.id === id);
        live.cut();
      }
      expect(await client.get(first.id)).toMatchObject({ chatId, chat: jid, to: phoneNumber });
      expect((await waybill.admin(`GET /v1/admin/messages/${first.id}`)).body).toMatchObject({ chatId, chat: jid });
    };
    await check();
    await waybill.shutDown();
    await waybill.deleteViews();
    await waybill.boot();
    await eventually(async () => (await listed({ chat: lid })).length === 4, 60_000);
    await check();
    await waybill.until(client.session.user, client.session.id, { status: 'connected' });
  });
});

describe('a person whose number was known first', () => {
  it('may change and answer what they wrote, and is answered, by the LID as well', async () => {
    const bob = await waybill.sandbox.newPhone({ name: 'Bob' });
    const { phoneNumber, lid } = addressesOf(bob);
    await waybill.sandbox.ask(`PATCH /phones/${bob.number}`, { lidKnown: false });
    const id = await write(bob, client.session.phone, { text: 'Helo' });
    const first = await shown('Helo');
    expect(first.sender).toMatchObject({ phoneNumber, lid: null });
    await waybill.sandbox.ask(`PATCH /phones/${bob.number}`, { lidKnown: true });
    await write(bob, client.session.phone, { text: 'by the LID', addressing: 'lid' });
    expect(await shown('by the LID')).toMatchObject({ chatId: first.chatId, from: phoneNumber });
    await write(bob, client.session.phone, { type: 'edit', edit: { messageId: id, text: 'Hello' }, addressing: 'lid' });
    expect(await shown('Hello')).toMatchObject({ id: first.id });
    expect(await deliver(lid, 'to the LID', { replyTo: first.id })).toMatchObject({
      chatId: first.chatId,
      to: phoneNumber,
    });
  });
});

describe('a number that WhatsApp spells in another way', () => {
  it.each([
    ['Brazil, with the ninth digit', '551187654321', '5511987654321'],
    ['Mexico, without the 1', '5215550001234', '525550001234'],
    ['Argentina, without the 9', '5491155556666', '541155556666'],
  ])('is one person: %s', async (_where, number, typed) => {
    const phone = await waybill.sandbox.ask<SandboxPhone>('POST /phones', { number, aliases: [typed] });
    const sent = await accept(`+${typed}`, `to ${typed}`);
    await client.until(sent.id, 'delivered');
    await write(phone, client.session.phone, { text: `from ${number}` });
    const answer = await shown(`from ${number}`);
    expect(answer).toMatchObject({ from: `+${number}`, chatId: sent.chatId });
    const next = await accept(`+${typed}`, `again to ${typed}`, { replyTo: answer.id });
    expect(next.chatId).toBe(answer.chatId);
    await client.until(next.id, 'delivered');
    for (const chat of [`+${typed}`, `+${number}`, `${phone.lid}@lid`]) {
      const messages = await listed({ chat });
      expect(messages.map(({ text }) => text?.body)).toEqual([`again to ${typed}`, `from ${number}`, `to ${typed}`]);
      expect(new Set(messages.map(({ chatId }) => chatId))).toEqual(new Set([answer.chatId]));
    }
    expect(shownTexts(await waybill.sandbox.messages(number))).toEqual([`to ${typed}`, `again to ${typed}`]);
  });

  it('is one person from a check of the number on', async () => {
    const phone = await waybill.sandbox.ask<SandboxPhone>('POST /phones', {
      number: '551187650000',
      aliases: ['5511987650000'],
    });
    const check = await client.call('POST /v1/numbers/check', { body: { numbers: ['+5511987650000'] } });
    const { jid, lid } = addressesOf(phone);
    expect(check.body).toEqual([{ number: '+5511987650000', exists: true, jid, lid }]);
    const chats = [];
    for (const to of [lid, jid, '+5511987650000']) chats.push((await accept(to, `to ${to}`)).chatId);
    expect(new Set(chats).size).toBe(1);
    const byLid = await client.call('POST /v1/numbers/check', { body: { numbers: [lid] } });
    expect(byLid.body).toEqual([{ number: '+551187650000', exists: true, jid, lid }]);
  });
});

describe('what the owner writes on the phone', () => {
  it('is in the chat of the person, by whichever address WhatsApp sends the copy', async () => {
    const cara = await waybill.sandbox.newPhone({ name: 'Cara' });
    const { phone } = client.session;
    await write(cara, phone, { text: 'from Cara', addressing: 'lid' });
    const { chatId } = await shown('from Cara');
    await write(phone, cara, { text: 'own, by the LID', addressing: 'lid' });
    await write(phone, cara, { text: 'own, by the number' });
    const to = `+${cara.number}`;
    expect(await shown('own, by the LID')).toMatchObject({ chatId, from: `+${phone.number}`, to });
    expect(await shown('own, by the number')).toMatchObject({ chatId, from: `+${phone.number}`, to });
  });
});
