import { beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

type Listed = { readonly id: string; readonly text?: { readonly body: string }; readonly sentAt: string };

let waybill: WaybillClient;
let client: MessagesClient;
let friend: SandboxPhone;

beforeAll(async () => {
  waybill = await sharedWaybill();
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
});

const say = (from: SandboxPhone, to: SandboxPhone, text: string) =>
  waybill.sandbox.ask<{ readonly id: string }>(`POST /phones/${from.number}/messages`, {
    to: to.number,
    type: 'text',
    text,
  });

/** The messages of the chat, oldest first, once there is one with this text. */
const recordedUntil = (text: string): Promise<readonly Listed[]> =>
  eventually(async () => {
    const { data } = (await client.list({ chat: `+${friend.number}` })).body as { readonly data: readonly Listed[] };
    return data.some(({ text: shown }) => shown?.body === text) && data.toReversed();
  });

const bodiesUntil = async (text: string) => (await recordedUntil(text)).map((message) => message.text?.body);

it('records a message once that its sender sends again, with a later time', async () => {
  const { id } = await say(friend, client.session.phone, 'once');
  const [first] = await recordedUntil('once');
  await waybill.sandbox.ask(`POST /phones/${friend.number}/messages/${id}/resend`);
  await say(friend, client.session.phone, 'next');
  const [same, next, ...more] = await recordedUntil('next');
  expect([same, more]).toEqual([first, []]);
  expect(next?.text?.body).toBe('next');
});

it('records a message once that the account’s owner wrote on the phone', async () => {
  const { id } = await say(client.session.phone, friend, 'from the phone');
  await recordedUntil('from the phone');
  await waybill.sandbox.ask(`POST /phones/${client.session.phone.number}/messages/${id}/resend`);
  await say(client.session.phone, friend, 'the end');
  expect((await bodiesUntil('the end')).slice(-2)).toEqual(['from the phone', 'the end']);
});
