import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStreamClient } from '../support/event-stream.js';
import { eventually } from '../support/eventually.js';
import type { Answer } from '../support/http.js';
import { MediaClient } from '../support/media-client.js';
import { MessagesClient } from '../support/messages-client.js';
import { owner } from '../support/owner.js';
import { ServiceClock } from '../support/service-clock.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

const dayMs = 24 * 60 * 60 * 1000;
/** In everything that must be gone. */
const secret = 'zanzibar';

let clock: ServiceClock;
let receiver: WebhookReceiver;
let waybill: Waybill;
let client: MessagesClient;
let media: MediaClient;
let friend: SandboxPhone;
/** Ids of messages, and of files. */
const sent: { [what: string]: string } = {};
const files: { [what: string]: string } = {};

beforeAll(async () => {
  clock = await ServiceClock.create();
  receiver = await WebhookReceiver.start();
  waybill = await Waybill.start({
    ...clock.variables,
    WAYBILL_MEDIA_DAYS: '0',
    WAYBILL_OUTBOUND_ALLOW: '127.0.0.1',
  });
  client = await MessagesClient.link(waybill);
  media = new MediaClient(waybill, client.session.user.key);
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
}, 240_000);

afterAll(async () => {
  await waybill.end();
  await receiver.stop();
  await clock.remove();
});

const admin = async (route: string, body?: unknown): Promise<Answer> => {
  const { accessToken: token } = (await waybill.call('POST /v1/admin/auth/login', { body: owner })).body;
  return waybill.call(route, { token, body });
};
const accept = async (type: string, content: object, more: object = {}): Promise<string> => {
  const { status, body } = await client.post({ to: `+${friend.number}`, type, [type]: content, ...more });
  expect(status).toBe(202);
  return body.id;
};
const shown = async (id: string) => (await client.call(`GET /v1/messages/${id}`)).body;
const search = async (q: string): Promise<readonly string[]> =>
  (await client.list({ q })).body.data.map(({ id }: { id: string }) => id);
type Shown = { readonly id: string; readonly text?: { body: string }; readonly document?: { state: string } };
const received = (passes: (message: Shown) => boolean) =>
  eventually(async () => {
    const { data } = (await client.list({ direction: 'incoming', limit: '100' })).body;
    return (data as readonly Shown[]).find(passes)?.id ?? (false as const);
  });

describe('the content of messages', () => {
  it('is there for as long as the user keeps it', async () => {
    const { id: userId } = client.session.user;
    const changed = await admin(`PATCH /v1/admin/users/${userId}`, { retentionDays: 7 });
    expect([changed.status, changed.body.retentionDays]).toEqual([200, 7]);
    await client.call('POST /v1/webhooks', { body: { url: receiver.url('/hook'), events: ['message.*'] } });

    for (const what of ['once', 'again']) {
      const upload = await media.upload(randomBytes(1000), { fileName: `${what}.bin` });
      files[what] = upload.body.id;
      sent[what] = await accept('document', { mediaId: upload.body.id, caption: `${secret} ${what}` });
    }
    sent['text'] = await accept('text', { body: `the ${secret} password` });
    sent['scheduled'] = await accept(
      'text',
      { body: `later ${secret}` },
      { scheduledAt: new Date(clock.now() + 100 * dayMs).toISOString() },
    );
    sent['poll'] = await accept('poll', { question: `Is it ${secret}?`, options: [`${secret} yes`, 'no'] });
    for (const what of ['once', 'again', 'text', 'poll']) await client.until(sent[what]!, 'delivered');
    const of = { to: client.session.phone.number };
    const data = randomBytes(500).toString('base64');
    await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, {
      ...of,
      type: 'text',
      text: { body: secret },
    });
    await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, {
      ...of,
      type: 'document',
      document: { data, fileName: `${secret}.bin`, caption: 'from a friend' },
    });
    sent['incoming'] = await received(({ text }) => text?.body === secret);
    sent['incoming file'] = await received(({ document }) => document?.state === 'ready');
    files['received'] = (await shown(sent['incoming file'])).document.mediaId;
    expect((await search(secret)).length).toBeGreaterThanOrEqual(5);
    await eventually(() => receiver.at('/hook').some(({ text }) => text.includes(`the ${secret} password`)));
  });

  it('is gone when it is older: what happened to the message stays', async () => {
    await clock.shift(4 * dayMs);
    await eventually(async () => {
      const young = (await media.upload(randomBytes(10))).body; // the service sees its clock a moment later
      return Date.parse(young.createdAt) > Date.now() + 3 * dayMs;
    });
    sent['young'] = await accept('document', { mediaId: files['again'], caption: 'anew' });
    await client.until(sent['young'], 'delivered');
    await clock.shift(8 * dayMs);
    await eventually(async () => (await shown(sent['text']!)).expired === true, 60_000);
    const { text, expired, type, status, timeline, deliveredAt } = await shown(sent['text']!);
    expect({ text, expired, type, status }).toEqual({
      text: undefined,
      expired: true,
      type: 'text',
      status: 'delivered',
    });
    expect(deliveredAt).not.toBeNull();
    const steps = timeline.map(({ event }: { event: string }) => event);
    expect([steps[0], steps.at(-1)]).toEqual(['queued', 'expired']);
    for (const what of ['once', 'again', 'incoming', 'incoming file']) {
      const message = await shown(sent[what]!);
      expect(message.expired).toBe(true);
      expect(JSON.stringify(message)).not.toContain(secret);
    }
    expect(await search(secret)).toEqual([sent['scheduled']]);
    expect((await shown(sent['scheduled']!)).text.body).toContain(secret);
    const chats = (await client.call('GET /v1/chats')).body.data;
    expect(chats).toHaveLength(1);
    expect(JSON.stringify(chats)).not.toContain(secret);
    expect(JSON.stringify((await admin('GET /v1/admin/messages?status=delivered')).body)).not.toContain(secret);
  });

  it('does not come back with votes, edits and reactions that come later, which are on record', async () => {
    const find = async (type: string) =>
      (await waybill.sandbox.messages<{ id: string; type: string; direction: string }>(friend.number)).find(
        (message) => message.type === type,
      )?.id;
    await waybill.sandbox.ask(`POST /phones/${friend.number}/votes`, {
      messageId: await find('poll'),
      options: [`${secret} yes`],
    });
    const voted = await eventually(async () => {
      const message = await shown(sent['poll']!);
      return message.timeline.some(({ event }: { event: string }) => event === 'poll_vote') && message;
    });
    expect(voted).toMatchObject({ expired: true, type: 'poll' });
    expect(JSON.stringify(voted)).not.toContain(secret);
    const reaction = await accept('reaction', { messageId: sent['incoming'], emoji: '👍' });
    await client.until(reaction, 'delivered');
    const edit = await client.call(`PATCH /v1/messages/${sent['text']}`, { body: { text: { body: secret } } });
    expect([edit.status, edit.body.code]).toEqual([409, 'too_late']);
    expect(await search(secret)).toEqual([sent['scheduled']]);
  });

  it('takes the files along that no other message shows', async () => {
    const statusOf = async (what: string) => (await media.download(files[what]!)).status;
    await eventually(async () => (await statusOf('once')) === 410 && (await statusOf('received')) === 410);
    expect(await statusOf('again')).toBe(200);
    expect((await shown(sent['young']!)).document.caption).toBe('anew');
    const log = await admin(`GET /v1/admin/streams/media-${files['once']}`);
    expect(JSON.stringify(log.body)).toContain('"why":"expired"');
  });

  it('is neither sent again nor told again', async () => {
    const forwarded = await client.call(`POST /v1/messages/${sent['text']}/forward`, {
      body: { to: `+${friend.number}` },
    });
    expect([forwarded.status, forwarded.body.code]).toEqual([409, 'message_expired']);
    const before = receiver.at('/hook').length;
    const [webhook] = (await client.call('GET /v1/webhooks')).body.data;
    const range = {
      from: new Date(0).toISOString(),
      to: new Date(clock.now() - 7 * dayMs).toISOString(),
      status: 'succeeded',
    };
    const { body } = await client.call(`POST /v1/webhooks/${webhook.id}/redeliver`, { body: range });
    expect(body.count).toBeGreaterThan(5);
    await eventually(() => receiver.at('/hook').length >= before + body.count);
    const repeated = receiver
      .at('/hook')
      .slice(before)
      .filter(({ body: { data } }) => data.id !== sent['scheduled']);
    expect(repeated.length).toBeGreaterThan(5);
    for (const { text } of repeated) expect(text).not.toContain(secret);

    const headers = { 'x-api-key': client.session.user.key };
    const live = await EventStreamClient.open(`${waybill.url}/v1/events?after=0&types=message.*`, headers);
    await live.until('message.received', ({ data }) => data.id === sent['incoming']);
    await live.until('message.delivered', ({ data }) => data.id === sent['text']);
    const past = live.events.filter(({ data }) => data.id !== sent['scheduled']);
    expect(JSON.stringify(past)).not.toContain(secret);
    live.cut();
  });

  it('stays away where the views are made anew', async () => {
    const ids = ['once', 'text', 'poll', 'incoming', 'incoming file', 'scheduled'];
    const all = async () => Promise.all(ids.map((what) => shown(sent[what]!)));
    const before = await all();
    await waybill.shutDown();
    await waybill.deleteViews();
    await waybill.boot();
    await eventually(async () => expect(await all()).toEqual(before));
    expect(await search(secret)).toEqual([sent['scheduled']]);
  });
});
