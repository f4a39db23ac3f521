import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient, shownTexts } from '../support/messages-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';

let waybill: WaybillClient;
let client: MessagesClient;

beforeAll(async () => {
  waybill = await sharedWaybill();
  client = await MessagesClient.link(waybill);
});

const text = (to: string, body: string, more: object = {}) =>
  client.post({ to, type: 'text', text: { body }, ...more });

type Shown = { readonly id: string; readonly from: string; readonly chat: string };

describe('somebody with a number that only WhatsApp still has', () => {
  it.each([
    ['Mexico', '5215550001234'],
    ['Benin', '22997123456'],
    ['Ivory Coast', '22507123456'],
  ])('writes, and can be answered: %s', async (_country, number) => {
    await waybill.sandbox.newPhone({ number });
    const { phone } = client.session;
    await waybill.sandbox.ask(`POST /phones/${number}/messages`, { to: phone.number, type: 'text', text: 'hello' });
    const got = await eventually(async () => {
      const { status, body } = await client.list({ chat: `+${number}`, direction: 'incoming' });
      expect(status).toBe(200);
      return (body.data as readonly Shown[])[0] ?? false;
    });
    expect(got.from).toBe(`+${number}`);
    const sent = [
      await text(got.from, 'to the number'),
      await text(got.chat, 'to the chat'),
      await text(got.from, 'as a reply', { replyTo: got.id }),
    ];
    expect(sent.map(({ status }) => status)).toEqual([202, 202, 202]);
    for (const { body } of sent) await client.until(body.id, 'delivered');
    const heard = shownTexts(await waybill.sandbox.messages(number));
    expect(heard).toEqual(['to the number', 'to the chat', 'as a reply']);
    expect((await client.list({ chat: got.chat })).body.data).toHaveLength(4);
    const check = await client.call('POST /v1/numbers/check', { body: { numbers: [got.from, got.chat] } });
    expect(check.body).toMatchObject([{ exists: true }, { exists: true }]);
  });
});

describe('a number that somebody typed', () => {
  it.each(['+49 (0)170 7654321', '0049 170 7654321', 'tel:+49-170-7654321', '+49 0170 7654321'])(
    'is understood: %s',
    async (to) => {
      expect((await text(to, 'hello')).body).toMatchObject({ status: 'queued', to: '+491707654321' });
    },
  );

  it.each([
    ['0170 1234567', 'country code'],
    ['+49 170', '+49'],
    ['Ada', '+49 170 1234567'],
    ['ada@example.com', 'address'],
  ])('is refused with a hint: %s', async (to, hint) => {
    expect((await text(to, 'hello')).body).toMatchObject({
      status: 422,
      code: 'invalid_recipient',
      detail: expect.stringContaining(hint),
    });
  });
});
