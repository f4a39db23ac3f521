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

const set = async (downloadMedia: 'always' | 'on_demand', of = client): Promise<void> => {
  const answer = await of.call(`PATCH /v1/sessions/${of.session.id}`, { body: { settings: { downloadMedia } } });
  expect(answer.body).toMatchObject({ settings: { downloadMedia, presence: 'offline' } });
};

/** The friend sends a file; answers its message. */
const received = async (bytes: Buffer, by = client): Promise<Received> => {
  const caption = `caption ${randomBytes(6).toString('hex')}`;
  await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, {
    to: by.session.phone.number,
    type: 'document',
    document: { data: bytes.toString('base64'), caption },
  });
  return eventually(async () => {
    const { body } = await by.list({ type: 'document', limit: '100' });
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
const fileOf = async ({ id }: Received, by = client): Promise<File> =>
  ((await by.get(id)) as unknown as { readonly document: File }).document;
const content = ({ document }: Received, by = client): Promise<Answer> => by.call(`GET /v1/media/${document.mediaId}`);
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

describe('files that WhatsApp no longer has, of a session whose phone is off', () => {
  let off: MessagesClient;
  let lost: readonly Received[];
  const setPhone = (online: boolean) => waybill.sandbox.ask(`PATCH /phones/${off.session.phone.number}`, { online });
  /** Far less than the 30 seconds for which a phone is waited for. */
  const soonMs = 20_000;
  const states = async (): Promise<readonly string[]> =>
    Promise.all(lost.map(async (message) => (await fileOf(message, off)).state));

  beforeAll(async () => {
    off = await MessagesClient.link(waybill);
    await set('on_demand', off);
    await waybill.sandbox.ask('PUT /transcript', { enabled: true, capacity: 10_000 });
  });

  /** So many files are to be fetched, of which WhatsApp has none: the phone was asked for the first of them. */
  const lose = async (count: number): Promise<void> => {
    lost = await Promise.all(Array.from({ length: count }, () => received(randomBytes(100), off)));
    await Promise.all(lost.map(expire));
    await setPhone(false);
    const before = (await waybill.sandbox.fileRequests()).length;
    await set('always', off);
    await eventually(async () => (await waybill.sandbox.fileRequests()).length > before);
  };

  it('hold up no other session, and nobody who asks for another file of theirs', async () => {
    const mine = await received(randomBytes(1000), off);
    await lose(12);
    const [other] = await Promise.all([
      received(randomBytes(1000)).then((message) =>
        eventually(async () => (await fileOf(message)).state === 'ready', soonMs),
      ),
      eventually(async () => (await content(mine, off)).status === 200, soonMs),
    ]);
    expect(other).toBe(true);
    expect(new Set(await states())).toEqual(new Set(['pending']));
    expect((await waybill.sandbox.fileRequests()).length).toBeLessThan(lost.length);
  });

  it('come when the phone is back, as soon as the session has connected', async () => {
    await setPhone(true);
    await off.call(`POST /v1/sessions/${off.session.id}/restart`);
    await eventually(async () => (await states()).every((state) => state === 'ready'));
  });

  it('are waited for until the session is deleted', async () => {
    await set('on_demand', off);
    await lose(5);
    expect((await off.call(`DELETE /v1/sessions/${off.session.id}`)).status).toBe(204);
    await eventually(async () => (await states()).every((state) => state === 'unavailable'));
    expect((await fileOf(lost[0]!, off)).reason).toBe('The session was deleted before the file was fetched');
  });
});

describe('files that are slow to come', () => {
  it('hold up no other session, and nobody who asks for another file of theirs', async () => {
    const other = await MessagesClient.link(waybill);
    await set('on_demand');
    const slow = [];
    for (let count = 0; count < 6; count += 1) slow.push(await received(randomBytes(100)));
    await waybill.sandbox.fault({ kind: 'download-hang', count: 4 });
    await set('always');
    await eventually(async () => (await waybill.sandbox.faults()).length === 0); // four of them hang for a minute
    const mine = await received(randomBytes(1000));
    const [theirs] = await Promise.all([
      received(randomBytes(1000), other),
      eventually(async () => (await content(mine)).status === 200, 20_000),
    ]);
    await eventually(async () => (await fileOf(theirs, other)).state === 'ready', 20_000);
    const states = await Promise.all(slow.map(async (message) => (await fileOf(message)).state));
    expect(new Set(states)).toEqual(new Set(['pending']));
  });
});
