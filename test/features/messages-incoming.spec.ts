import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

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

describe('a message from somebody else', () => {
  const say = (text: string) =>
    waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, {
      to: client.session.phone.number,
      type: 'text',
      text,
    });

  it('is received, listed with the newest first, and found by search', async () => {
    const received = (count: number) =>
      eventually(async () => {
        const { body } = await client.list({ chat: friend.number });
        return body.data.length === count && body;
      });
    await say('Good morning');
    await received(1);
    await say('Is anybody there?');
    const { data } = await received(2);
    expect(data).toMatchObject([
      { status: 'received', direction: 'incoming', text: { body: 'Is anybody there?' }, from: `+${friend.number}` },
      {
        status: 'received',
        direction: 'incoming',
        text: { body: 'Good morning' },
        to: `+${client.session.phone.number}`,
      },
    ]);
    const found = await client.list({ q: 'anybod', chat: friend.number });
    expect(found.body.data).toHaveLength(1);
  });

  it('that was sent while the session was offline is received when it is back', async () => {
    const { user, id } = client.session;
    await waybill.call(`POST /v1/sessions/${id}/stop`, { key: user.key });
    await waybill.until(user, id, { status: 'stopped' });
    await say('while you were away');
    await waybill.call(`POST /v1/sessions/${id}/restart`, { key: user.key });
    await eventually(async () => (await client.list({ chat: friend.number })).body.data.length === 1, 30_000);
  });
});
