import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { sampleFiles } from '../support/sample-files.js';
import { shownPosts, type ShownPost } from '../support/shown-posts.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: WaybillClient;
let client: MessagesClient;
let ada: SandboxPhone;
let bob: SandboxPhone;
let stranger: SandboxPhone;

beforeAll(async () => {
  waybill = await sharedWaybill();
  client = await MessagesClient.link(waybill);
  ada = await waybill.sandbox.newPhone({ name: 'Ada' });
  bob = await waybill.sandbox.newPhone({ name: 'Bob' });
  stranger = await waybill.sandbox.newPhone();
}, 240_000);

const status = 'status@broadcast';

type OnPhone = {
  readonly id: string;
  readonly chat: string;
  readonly type: string;
  readonly text?: string;
  readonly style?: object;
  readonly target?: string;
  readonly status?: string;
  readonly media?: { readonly sha256: string; readonly voice?: boolean };
};

const numbersOf = (phones: readonly SandboxPhone[]): readonly string[] => phones.map(({ number }) => `+${number}`);
const post = (content: object, to: readonly SandboxPhone[] = [ada, bob], headers: Record<string, string> = {}) =>
  client.post({ to: 'status', recipients: numbersOf(to), ...content }, headers);
const text = (body: string, style: object = {}) => ({ type: 'text', text: { body, ...style } });

/** Posts it; answers the message's id. */
const posted = async (content: object, to?: readonly SandboxPhone[]): Promise<string> => {
  const answer = await post(content, to);
  expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
  return answer.body.id as string;
};

const on = (phone: SandboxPhone, is: (message: OnPhone) => boolean): Promise<OnPhone> =>
  eventually(async () => (await waybill.sandbox.messages<OnPhone>(phone.number)).find(is) ?? false);

const say = (from: SandboxPhone, message: object): Promise<OnPhone> =>
  waybill.sandbox.ask<OnPhone>(`POST /phones/${from.number}/messages`, message);

type Shown = ShownPost & {
  readonly leftOut?: readonly string[];
  readonly recipients?: readonly string[];
  readonly receipts?: readonly { readonly phoneNumber: string | null; readonly status: string }[];
  readonly image?: { readonly mediaId: string; readonly state: string };
};

const { found, shown, fileOf } = shownPosts<Shown>(() => ({ waybill, client }));

const says = (body: string) => (message: OnPhone) => message.text === body;

describe('a status post', () => {
  it('is shown to its recipients and on the own phone, and to nobody else', async () => {
    const style = { backgroundColor: '#1FA855', font: 'bold' };
    const first = await post(text('New today', style), [ada, bob], { 'idempotency-key': 'new-today' });
    const again = await post(text('New today', style), [ada, bob], { 'idempotency-key': 'new-today' });
    expect(again.body.id).toBe(first.body.id);
    const recipients = numbersOf([ada, bob]);
    const shown = { to: 'status', chat: status, recipients, text: { body: 'New today', ...style } };
    expect(first.body).toMatchObject({ status: 'queued', ...shown });
    for (const phone of [ada, bob]) {
      const { chat, style: seen } = await on(phone, says('New today'));
      expect([chat, seen]).toEqual([status, { backgroundColor: '#1FA855', font: 6 }]);
    }
    expect((await on(client.session.phone, says('New today'))).chat).toBe(status);
    const { timeline } = await client.until(first.body.id as string, 'delivered');
    expect(timeline.map(({ event }) => event)).toEqual(['queued', 'sent', 'delivered']);
    expect(await waybill.sandbox.messages(stranger.number)).toEqual([]);
    expect(await waybill.sandbox.messages(ada.number)).toHaveLength(1);
  });

  it('is a picture, a video or a voice message', async () => {
    for (const type of ['image', 'video', 'voice'] as const) {
      const bytes = await sampleFiles[type]();
      const file = { data: bytes.toString('base64') };
      const content = { image: { image: file }, video: { video: file }, voice: { audio: { ...file, voice: true } } }[
        type
      ];
      await posted({ type: type === 'voice' ? 'audio' : type, ...content });
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const found = await on(bob, ({ media }) => media?.sha256 === sha256);
      expect([found.chat, found.media?.voice ?? false]).toEqual([status, type === 'voice']);
      expect(bytes.equals(await waybill.sandbox.file(bob.number, found.id))).toBe(true);
    }
  });

  it('is read once the first of them has seen it', async () => {
    await waybill.sandbox.ask(`PATCH /phones/${bob.number}`, { receipts: 'read' });
    const id = await posted(text('Seen by one'));
    expect(await client.until(id, 'read')).toMatchObject({ readAt: expect.any(String) });
    await waybill.sandbox.ask(`PATCH /phones/${bob.number}`, { receipts: 'delivered' });
  });

  it('tells who has got it, and who has seen it', async () => {
    await waybill.sandbox.ask(`PATCH /phones/${bob.number}`, { receipts: 'read' });
    const lids = [ada, bob].map(({ lid }) => `${lid}@lid`);
    const { body } = await client.post({ to: 'status', recipients: lids, ...text('Who sees it?') });
    const id = body.id as string;
    const got = { deliveredAt: expect.any(String), playedAt: null };
    const receipts = [
      { phoneNumber: `+${ada.number}`, lid: lids[0], status: 'delivered', readAt: null, ...got },
      { phoneNumber: `+${bob.number}`, lid: lids[1], status: 'read', readAt: expect.any(String), ...got },
    ];
    const all = await eventually(async () => {
      const { receipts: told = [] } = await shown(id);
      return told.some(({ status: each }) => each === 'read') && told.length === 2 && told;
    });
    expect(all).toEqual(expect.arrayContaining(receipts));
    expect((await shown(id)).recipients).toEqual(numbersOf([ada, bob]));
    await waybill.sandbox.ask(`PATCH /phones/${bob.number}`, { receipts: 'delivered' });
  });

  it('leaves out who is not on WhatsApp, and fails where nobody is', async () => {
    const nobody = await waybill.sandbox.newPhone();
    await waybill.sandbox.ask(`PATCH /phones/${nobody.number}`, { exists: false });
    const id = await posted(text('For one'), [ada, nobody]);
    await on(ada, says('For one'));
    const { timeline } = await client.until(id, 'delivered');
    expect((await shown(id)).leftOut).toEqual(numbersOf([nobody]));
    expect(timeline.find(({ event }) => event === 'sending')?.detail).toContain(
      'without 1 of its recipients, who is not on WhatsApp',
    );
    const { error } = await client.until(await posted(text('For none'), [nobody]), 'failed');
    expect(error).toMatchObject({ code: 'not_on_whatsapp', reason: 'None of its recipients is on WhatsApp.' });
  });

  it('is repeated for somebody who could not decrypt it', async () => {
    await waybill.sandbox.fault({ kind: 'retry', number: ada.number });
    await posted(text('Say again'));
    expect((await on(ada, says('Say again'))).chat).toBe(status);
  });

  it('is deleted for everybody, and not edited', async () => {
    const id = await posted(text('Too early'));
    await on(ada, says('Too early'));
    await client.until(id, 'delivered');
    const edit = await client.call(`PATCH /v1/messages/${id}`, { body: { text: { body: 'Later' } } });
    expect([edit.status, edit.body.code]).toEqual([422, 'not_for_status']);
    expect((await client.call(`DELETE /v1/messages/${id}`)).status).toBe(202);
    const { id: whatsappId } = await on(ada, says('Too early'));
    for (const phone of [ada, bob]) {
      await on(phone, ({ type, target, chat }) => type === 'revoke' && target === whatsappId && chat === status);
    }
    const isRevoked = async () => (await client.get(id)) as unknown as { readonly revokedAt: string | null };
    await eventually(async () => (await isRevoked()).revokedAt !== null);
    await on(client.session.phone, ({ type, target }) => type === 'revoke' && target === whatsappId);
  });

  it('counts as one message, is one chat, and goes with others in a batch', async () => {
    const { headers } = await post(text('One'));
    const messages = [
      { to: 'status', recipients: numbersOf([ada, bob]), ...text('Two') },
      { to: 'status', ...text('Three') },
    ];
    const { body } = await client.call('POST /v1/messages/batch', { body: { messages } });
    expect(body.data).toMatchObject([{ status: 'queued' }, { error: { status: 422, code: 'recipients_required' } }]);
    const { headers: later } = await post(text('Four'));
    const left = [headers, later].map((each) => Number(each['x-quota-remaining']));
    expect(left[0]! - left[1]!).toBe(2);
    const { data: chats } = (await client.call('GET /v1/chats')).body as { readonly data: readonly { kind: string }[] };
    const [chat, ...others] = chats.filter(({ kind }) => kind === 'status');
    expect([chat, others]).toMatchObject([{ chat: status, unread: 0, lastMessage: { text: { body: 'Four' } } }, []]);
    for (const named of ['status', status]) {
      const { data } = (await client.list({ chat: named, limit: '3' })).body as { readonly data: readonly object[] };
      expect(data.map((each) => (each as { readonly text: { readonly body: string } }).text.body)).toEqual([
        'Four',
        'Two',
        'One',
      ]);
    }
    const { id } = chat as unknown as { readonly id: string };
    const typing = await client.call(`PUT /v1/chats/${id}/presence`, { body: { state: 'typing' } });
    const archived = await client.call(`POST /v1/chats/${id}/archive`);
    for (const each of [typing, archived]) expect([each.status, each.body.code]).toEqual([422, 'not_for_status']);
    const picture = await client.call(`GET /v1/chats/${id}/picture`);
    expect([picture.status, picture.body.code]).toEqual([404, 'picture_not_found']);
  });

  it('is refused as what it cannot be', async () => {
    const id = await posted(text('Answer this'));
    const document = { data: (await sampleFiles.document()).toString('base64') };
    const reaction = { type: 'reaction', reaction: { messageId: id, emoji: '👍' } };
    const refused = [
      [await client.post({ to: 'status', ...text('For whom?') }), 'recipients_required'],
      [
        await client.post({ to: `+${ada.number}`, recipients: numbersOf([bob]), ...text('x') }),
        'recipients_need_status',
      ],
      [await client.post({ to: `+${ada.number}`, ...text('x', { font: 'bold' }) }), 'style_needs_status'],
      [await client.post({ to: 'status', recipients: ['+49'], ...text('x') }), 'invalid_recipient'],
      [await client.post({ to: 'status', recipients: ['120363041234567890@g.us'], ...text('x') }), 'invalid_recipient'],
      [await client.post({ to: 'status', recipients: ['status'], ...text('x') }), 'invalid_recipient'],
      [await post({ type: 'document', document }), 'not_for_status'],
      [await post({ ...text('x'), replyTo: id }), 'not_for_status'],
      [await post(reaction), 'not_for_status'],
      [await client.post({ to: `+${ada.number}`, ...reaction }), 'reply_to_not_found'],
    ] as const;
    expect(refused.map(([{ status: code, body }]) => [code, body.code])).toEqual(
      refused.map(([, code]) => [422, code]),
    );
  });

  it('of others, and of the own phone, is recorded', async () => {
    const { phone } = client.session;
    await post(text('Ours'), [ada]);
    const holiday = await say(ada, { to: 'status', recipients: [phone.number], ...text('Holiday') });
    await say(phone, { to: 'status', recipients: [ada.number], ...text('By hand') });
    const number = `+${ada.number}`;
    expect(await found('holiday')).toMatchObject({
      direction: 'incoming',
      status: 'received',
      from: number,
      to: 'status',
      chat: status,
      sender: { phoneNumber: number, name: 'Ada' },
    });
    expect(await found('hand')).toMatchObject({ direction: 'outgoing', status: 'sent', to: 'status', chat: status });
    const { id, chatId } = await found('holiday');
    const ours = await found('ours');
    expect(chatId).toBe(ours.chatId);
    await say(ada, { to: 'status', recipients: [phone.number], type: 'revoke', revoke: { messageId: holiday.id } });
    await eventually(async () => (await shown(id)).revokedAt !== null);
    expect((await shown(ours.id)).revokedAt).toBeNull();
    const read = await client.call(`POST /v1/messages/${id}/read`);
    expect([read.status, read.body.readAt]).toEqual([200, expect.any(String)]);
    await eventually(async () => (await on(ada, ({ id: each }) => each === holiday.id)).status === 'read');
  });

  it('of others comes with its file', async () => {
    const { phone } = client.session;
    const bytes = await sampleFiles.image();
    const image = { data: bytes.toString('base64'), mimeType: 'image/png', caption: 'At the sea' };
    await say(ada, { to: 'status', recipients: [phone.number], type: 'image', image });
    expect(await fileOf(await found('sea'))).toEqual(bytes);
  });
});
