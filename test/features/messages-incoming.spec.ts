import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

type Listed = Readonly<Record<string, unknown>> & { readonly type: string };

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

const say = (text: string, more: object = {}) =>
  waybill.sandbox.ask<{ readonly id: string }>(`POST /phones/${friend.number}/messages`, {
    to: client.session.phone.number,
    type: 'text',
    text,
    ...more,
  });

describe('a message from somebody else', () => {
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

describe('a message that cannot be read', () => {
  /** The messages of the chat, newest first, once the newest has these fields. */
  const recorded = (fields: object): Promise<readonly Listed[]> =>
    eventually(async () => {
      const { data } = (await client.list({ chat: `+${friend.number}` })).body as { readonly data: readonly Listed[] };
      const wanted = Object.entries(fields).every(
        ([field, value]) => JSON.stringify(data[0]?.[field]) === JSON.stringify(value),
      );
      return wanted && data;
    });

  it('is a message, and says that only the phone shows it, where it is to be viewed once', async () => {
    await say('seen once', { delivery: 'view-once' });
    const [message, ...others] = await recorded({ type: 'unreadable', unreadable: { reason: 'view_once' } });
    expect(message).toMatchObject({ status: 'received', from: `+${friend.number}` });
    expect(others).toEqual([]);
  });

  it('is a message once where it cannot be decrypted, and is replaced when its sender sends it again', async () => {
    const { id } = await say('at last', { delivery: 'undecryptable' });
    const [unreadable] = await recorded({ type: 'unreadable', unreadable: { reason: 'undecrypted' } });
    await waybill.sandbox.ask(`POST /phones/${friend.number}/messages/${id}/resend`);
    const [readable, ...others] = await recorded({ type: 'text', text: { body: 'at last' } });
    expect([readable?.['id'], others]).toEqual([unreadable?.['id'], []]);
    const { timeline } = await client.get(String(readable?.['id']));
    expect(timeline.map(({ event }) => event)).toEqual(['received', 'recovered']);
  });

  it('is edited by an edit that arrives before it can be read', async () => {
    const { id } = await say('first', { delivery: 'undecryptable' });
    await recorded({ type: 'unreadable' });
    await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, {
      to: client.session.phone.number,
      type: 'edit',
      edit: { messageId: id, text: 'second' },
    });
    await recorded({ type: 'text', text: { body: 'second' } });
    await waybill.sandbox.ask(`POST /phones/${friend.number}/messages/${id}/resend`);
    await say('the end');
    const all = await recorded({ text: { body: 'the end' } });
    expect(all.map(({ text }) => text)).toEqual([{ body: 'the end' }, { body: 'second' }]);
    const { timeline } = await client.get(String(all[1]?.['id']));
    expect(timeline.map(({ event }) => event)).toEqual(['received', 'edited', 'recovered']);
  });

  it.each([false, true])('stays as its last edit where an earlier one is sent again (sealed: %s)', async (sealed) => {
    const { id: messageId } = await say('first');
    const change = (text: string, more: object = {}) =>
      waybill.sandbox.ask<{ readonly id: string }>(`POST /phones/${friend.number}/messages`, {
        to: client.session.phone.number,
        type: 'edit',
        edit: { messageId, text, sealed },
        ...more,
      });
    const second = await change('second', { delivery: 'undecryptable' });
    await change('third');
    await recorded({ text: { body: 'third' } });
    await waybill.sandbox.ask(`POST /phones/${friend.number}/messages/${second.id}/resend`);
    await say('the end');
    const [end, edited, ...others] = await recorded({ text: { body: 'the end' } });
    expect([end, edited, ...others].map((each) => each?.['text'])).toEqual([{ body: 'the end' }, { body: 'third' }]);
  });
});
