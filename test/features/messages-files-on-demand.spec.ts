import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/http.js';
import { eventually } from '../support/eventually.js';
import { MediaClient } from '../support/media-client.js';
import { MessagesClient } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

type File = { readonly state: string; readonly mediaId: string; readonly reason?: string };
type Received = { readonly id: string; readonly document: File & { readonly caption: string } };

let waybill: Waybill;
let client: MessagesClient;
let media: MediaClient;
let friend: SandboxPhone;

beforeAll(async () => {
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
  media = new MediaClient(waybill, client.session.user.key);
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
  await set('on_demand');
}, 240_000);

afterAll(() => waybill.end());

const set = async (downloadMedia: 'always' | 'on_demand'): Promise<void> => {
  const answer = await client.call(`PATCH /v1/sessions/${client.session.id}`, {
    body: { settings: { downloadMedia } },
  });
  expect(answer.body).toMatchObject({ settings: { downloadMedia, presence: 'offline' } });
};

/** The friend sends a file; answers its message. */
const received = async (bytes: Buffer): Promise<Received> => {
  const caption = `caption ${randomBytes(6).toString('hex')}`;
  await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, {
    to: client.session.phone.number,
    type: 'document',
    document: { data: bytes.toString('base64'), caption },
  });
  return eventually(async () => {
    const { body } = await client.list({ type: 'document', limit: '100' });
    return (
      (body as { readonly data: readonly Received[] }).data.find((one) => one.document.caption === caption) ?? false
    );
  });
};
/** Its address at WhatsApp is no longer valid. */
const expire = async (message: Received): Promise<void> => {
  const found = (await waybill.sandbox.messages<{ readonly id: string; readonly text?: string }>(friend.number)).find(
    ({ text }) => text === message.document.caption,
  );
  await waybill.sandbox.ask(`POST /phones/${friend.number}/messages/${found?.id}/expire-media`);
};
const fileOf = async ({ id }: Received): Promise<File> =>
  ((await client.get(id)) as unknown as { readonly document: File }).document;
const content = ({ document }: Received): Promise<Answer> => client.call(`GET /v1/media/${document.mediaId}`);
const download = ({ document }: Received) => media.download(document.mediaId);

describe('a file that is fetched on demand', () => {
  it('is pending until somebody asks for it, also after a restart, and is then fetched for all who ask', async () => {
    const bytes = randomBytes(50_000);
    const message = await received(bytes);
    await waybill.kill();
    await waybill.boot();
    const next = await received(randomBytes(10)); // by now, whatever is fetched at the start would be under way
    expect([await fileOf(message), await fileOf(next)]).toMatchObject([{ state: 'pending' }, { state: 'pending' }]);
    const answers = await Promise.all([download(message), download(message), download(message)]);
    for (const answer of answers) expect(answer.bytes.equals(bytes)).toBe(true);
    await eventually(async () => (await fileOf(message)).state === 'ready');
    const { timeline } = await client.get(message.id);
    expect(timeline.map(({ event }) => event)).toEqual(['received', 'file_fetched']);
    expect((await fileOf(message)).mediaId).toBe(message.document.mediaId);
    expect(await fileOf(next)).toMatchObject({ state: 'pending' });
  });

  it('is asked of WhatsApp once for several callers; where that fails, each is told that it may work later', async () => {
    const bytes = randomBytes(1000);
    const message = await received(bytes);
    await waybill.sandbox.fault({ kind: 'download-hang', count: 1 });
    const hanging = [content(message), content(message)];
    await eventually(async () => (await waybill.sandbox.faults()).length === 0); // one of them has taken it, and waits
    await waybill.sandbox.fault({ kind: 'download-error', code: 503, count: 1 });
    await waybill.shutDown();
    const broken = await Promise.allSettled(hanging);
    const answered = broken.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value.status : []));
    expect(answered.filter((status) => status !== 502)).toEqual([]); // none fetched it by itself
    expect(await waybill.sandbox.faults()).toHaveLength(1);
    await waybill.boot();
    const { status, body } = await content(message);
    expect([status, body.code, body.detail]).toEqual([
      502,
      'media_unavailable',
      'WhatsApp answered with HTTP status 503. Asking again may help.',
    ]);
    expect(await fileOf(message)).toMatchObject({ state: 'pending' });
    expect((await download(message)).bytes.equals(bytes)).toBe(true);
  });

  it('that WhatsApp no longer has is requested of the phone, as soon as the session is connected', async () => {
    const bytes = randomBytes(1000);
    const message = await received(bytes);
    await expire(message);
    await client.call(`POST /v1/sessions/${client.session.id}/stop`);
    const why = 'it cannot be asked of the phone: the session is not connected. Asking again may help.';
    await eventually(async () => String((await content(message)).body.detail).includes(why));
    expect(await fileOf(message)).toMatchObject({ state: 'pending' });
    await client.call(`POST /v1/sessions/${client.session.id}/restart`);
    await eventually(async () => (await content(message)).status === 200);
    expect((await download(message)).bytes.equals(bytes)).toBe(true);
  });

  it('that the phone does not have either is unavailable from then on, and asking again does not help', async () => {
    const message = await received(randomBytes(1000));
    await waybill.sandbox.ask(`PATCH /phones/${client.session.phone.number}`, { keepsFiles: false });
    await expire(message);
    const refused = {
      status: 502,
      body: {
        code: 'media_unavailable',
        detail: 'WhatsApp no longer has the file, and neither does the phone. Asking again does not help.',
      },
    };
    expect(await content(message)).toMatchObject(refused);
    expect(await content(message)).toMatchObject(refused);
    await eventually(async () => (await fileOf(message)).state === 'unavailable');
  });

  it('is nobody else’s', async () => {
    const message = await received(randomBytes(1000));
    const { key } = await waybill.newUser();
    const answer = await waybill.call(`GET /v1/media/${message.document.mediaId}`, { key });
    expect([answer.status, answer.body.code]).toEqual([404, 'media_not_found']);
  });

  it('comes by itself once the session is to fetch all files', async () => {
    const bytes = randomBytes(1000);
    const message = await received(bytes);
    expect(await fileOf(message)).toMatchObject({ state: 'pending' });
    await set('always');
    await eventually(async () => (await fileOf(message)).state === 'ready');
    expect((await download(message)).bytes.equals(bytes)).toBe(true);
    const later = await received(bytes);
    await eventually(async () => (await fileOf(later)).state === 'ready');
  });
});
