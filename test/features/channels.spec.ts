import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { sha256Of } from '../support/media-client.js';
import { MessagesClient } from '../support/messages-client.js';
import { sampleFiles } from '../support/sample-files.js';
import { shownPosts, type ShownPost } from '../support/shown-posts.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: WaybillClient;
let client: MessagesClient;
let ada: SandboxPhone;

beforeAll(async () => {
  waybill = await sharedWaybill();
  client = await MessagesClient.link(waybill);
  ada = await waybill.sandbox.newPhone({ name: 'Ada' });
}, 240_000);

type Shown = ShownPost & {
  readonly editedAt: string | null;
  readonly text?: { readonly body: string };
  readonly image?: { readonly mediaId: string; readonly state: string };
};

const text = (body: string) => ({ type: 'text', text: { body } });

const { found, shown, fileOf } = shownPosts<Shown>(() => ({ waybill, client }));

describe('a post in a channel', () => {
  type Channel = {
    readonly jid: string;
    readonly posts: readonly {
      readonly id: string;
      readonly media?: { readonly sha256: string };
      readonly deletedAt?: string;
    }[];
  };
  const newChannel = ({ number }: SandboxPhone) =>
    waybill.sandbox.ask<Channel>(`POST /phones/${number}/channels`, { name: 'News' });

  it('is one for all who follow it, where the account owns the channel', async () => {
    const { jid } = await newChannel(client.session.phone);
    const { status: code, body } = await client.post({ to: jid, ...text('Open late') });
    expect([code, body]).toMatchObject([202, { to: jid, chat: jid }]);
    await client.until(body.id as string, 'sent');
    const { posts } = await waybill.sandbox.ask<Channel>(`GET /channels/${jid}`);
    expect(posts).toMatchObject([{ type: 'text', text: 'Open late' }]);
    const chat = await client.call(`GET /v1/chats/${body.chatId as string}`);
    expect(chat.body).toMatchObject({ kind: 'channel', chat: jid });
    const location = { latitude: 52.5, longitude: 13.4 };
    const other = await client.post({ to: jid, type: 'location', location });
    expect([other.status, other.body.code]).toEqual([422, 'not_for_channel']);
  });

  it('is a file that everybody who follows the channel can open, byte for byte', async () => {
    const { jid } = await newChannel(client.session.phone);
    const kinds = { image: {}, video: {}, document: { fileName: 'menu.pdf' }, voice: { voice: true } };
    for (const [sample, more] of Object.entries(kinds)) {
      const type = sample === 'voice' ? 'audio' : sample;
      const bytes = await sampleFiles[sample as keyof typeof kinds]();
      const { status: code, body } = await client.post({
        to: jid,
        type,
        [type]: { data: bytes.toString('base64'), ...more },
      });
      expect([code, body]).toMatchObject([202, { type }]);
      await client.until(body.id as string, 'sent');
      const { posts } = await waybill.sandbox.ask<Channel>(`GET /channels/${jid}`);
      const { id, media } = posts.at(-1)!;
      expect(media?.sha256).toBe(sha256Of(bytes));
      const file = await waybill.sandbox.bytes(`/channels/${jid}/posts/${id}/media`);
      expect(file.equals(bytes)).toBe(true);
    }
    const viewOnce = { data: (await sampleFiles.image()).toString('base64'), viewOnce: true };
    const refused = await client.post({ to: jid, type: 'image', image: viewOnce });
    expect([refused.status, refused.body.code]).toEqual([422, 'not_for_channel']);
  });

  it('is edited and deleted', async () => {
    const { jid } = await newChannel(client.session.phone);
    const { body } = await client.post({ to: jid, ...text('Open till eight') });
    const id = body.id as string;
    await client.until(id, 'sent');
    const postNow = async () => (await waybill.sandbox.ask<Channel>(`GET /channels/${jid}`)).posts;
    for (const words of ['Open till nine', 'Open till ten']) {
      const edit = await client.call(`PATCH /v1/messages/${id}`, { body: { text: { body: words } } });
      expect(edit.status).toBe(202);
      await eventually(async () => (await shown(id)).text?.body === words);
      expect(await postNow()).toMatchObject([{ type: 'text', text: words, editedAt: expect.any(String) }]);
    }
    expect((await client.call(`DELETE /v1/messages/${id}`)).status).toBe(202);
    await eventually(async () => (await shown(id)).revokedAt !== null);
    expect(await postNow()).toMatchObject([{ type: 'unknown', deletedAt: expect.any(String) }]);
    expect(await postNow()).not.toMatchObject([{ text: expect.any(String) }]);
    const { timeline } = await client.get(id);
    expect(timeline.map(({ event }) => event).filter((event) => event === 'edited' || event === 'revoked')).toEqual([
      'edited',
      'edited',
      'revoked',
    ]);
  });

  it('is deleted although WhatsApp’s ack of that is lost, and refuses it then, since the post is gone', async () => {
    const { jid } = await newChannel(client.session.phone);
    const { body } = await client.post({ to: jid, ...text('Too early') });
    const id = body.id as string;
    await client.until(id, 'sent');
    const { number } = client.session.phone;
    await waybill.sandbox.fault({ kind: 'lose-ack', number });
    await client.call(`DELETE /v1/messages/${id}`);
    const isDeleted = async () => {
      const [post] = (await waybill.sandbox.ask<Channel>(`GET /channels/${jid}`)).posts;
      return post?.deletedAt !== undefined;
    };
    await eventually(isDeleted);
    await waybill.sandbox.fault({ kind: 'drop', number });
    await eventually(async () => (await shown(id)).revokedAt !== null);
  });

  it('of a followed channel is not told a second time where it is from before', async () => {
    const { jid } = await newChannel(ada);
    const posting = (words: string) =>
      waybill.sandbox.ask<{ readonly id: string }>(`POST /channels/${jid}/posts`, { type: 'text', text: words });
    const { id: before } = await posting('From before');
    await waybill.sandbox.ask(`PUT /channels/${jid}/followers/${client.session.phone.number}`);
    await waybill.sandbox.ask(`PATCH /channels/${jid}/posts/${before}`, { text: 'From before, edited' });
    await waybill.sandbox.ask(`DELETE /channels/${jid}/posts/${before}`);
    await posting('From now on');
    const { chatId } = await found('from now on');
    const { body } = await client.call(`GET /v1/chats/${chatId}`);
    expect(body).toMatchObject({ kind: 'channel', unread: 1 });
    expect((await client.list({ chat: jid })).body).toMatchObject({ data: [{ text: { body: 'From now on' } }] });
  });

  it('of the owner, on the phone, changes what was posted from here', async () => {
    const { jid } = await newChannel(client.session.phone);
    const { body } = await client.post({ to: jid, ...text('From here') });
    const id = body.id as string;
    await client.until(id, 'sent');
    const [posted] = (await waybill.sandbox.ask<Channel>(`GET /channels/${jid}`)).posts;
    await waybill.sandbox.ask(`PATCH /channels/${jid}/posts/${posted!.id}`, { text: 'From the phone' });
    await eventually(async () => (await shown(id)).text?.body === 'From the phone');
  });

  it('fails where somebody else owns the channel', async () => {
    const { jid } = await newChannel(ada);
    const { body } = await client.post({ to: jid, ...text('Not mine') });
    const { error } = await client.until(body.id as string, 'failed');
    expect(error).toMatchObject({ code: 'whatsapp_403', retryable: false });
  });

  it('of a followed channel is recorded with its file, its edits and its deletion', async () => {
    const { jid } = await newChannel(ada);
    await waybill.sandbox.ask(`PUT /channels/${jid}/followers/${client.session.phone.number}`);
    const posting = (content: object) =>
      waybill.sandbox.ask<{ readonly id: string }>(`POST /channels/${jid}/posts`, content);
    const { id: postId } = await posting({ type: 'text', text: 'Sale begins' });
    const { id, chatId } = await found('sale begins');
    expect(await shown(id)).toMatchObject({
      direction: 'incoming',
      status: 'received',
      from: jid,
      to: jid,
      chat: jid,
      sender: { phoneNumber: null, lid: null },
    });
    const bytes = await sampleFiles.image();
    await posting({
      type: 'image',
      image: { data: bytes.toString('base64'), mimeType: 'image/png', caption: 'Shoes' },
    });
    expect(await fileOf(await found('shoes'))).toEqual(bytes);
    for (const text of ['Sale ends', 'Sale is over']) {
      await waybill.sandbox.ask(`PATCH /channels/${jid}/posts/${postId}`, { text });
      await eventually(async () => (await shown(id)).text?.body === text);
    }
    await waybill.sandbox.ask(`DELETE /channels/${jid}/posts/${postId}`);
    await eventually(async () => (await shown(id)).revokedAt !== null);
    const chat = await client.call(`GET /v1/chats/${chatId}`);
    expect(chat.body).toMatchObject({ kind: 'channel', chat: jid, unread: 2 });
    const read = await client.call(`POST /v1/chats/${chatId}/read`);
    expect(read.status).toBe(200);
    await eventually(async () => (await client.call(`GET /v1/chats/${chatId}`)).body.unread === 0);
  });

  const say = (message: object) => waybill.sandbox.ask(`POST /phones/${ada.number}/messages`, message);

  it('is not recorded where the session ignores it, nor is a status post', async () => {
    const { phone, id: sessionId } = client.session;
    const { jid } = await newChannel(ada);
    await waybill.sandbox.ask(`PUT /channels/${jid}/followers/${phone.number}`);
    const ignoring = (ignore: readonly string[]) =>
      client.call(`PATCH /v1/sessions/${sessionId}`, { body: { settings: { ignore } } });
    expect((await ignoring(['status', 'channels'])).status).toBe(200);
    await waybill.sandbox.ask(`POST /channels/${jid}/posts`, { type: 'text', text: 'Unwanted post' });
    await say({ to: 'status', recipients: [phone.number], ...text('Unwanted status') });
    await say({ to: phone.number, ...text('Wanted') });
    await found('wanted');
    expect((await client.list({ q: 'unwanted' })).body).toMatchObject({ data: [] });
    await ignoring([]);
  });
});
