import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MediaClient, sha256Of } from '../support/media-client.js';
import { MessagesClient, type MessageBody } from '../support/messages-client.js';
import { sampleFiles } from '../support/sample-files.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

type Shown = { readonly [field: string]: unknown };
type Received = MessageBody & { readonly [type: string]: unknown };

let waybill: Waybill;
let client: MessagesClient;
let media: MediaClient;
let friend: SandboxPhone;

beforeAll(async () => {
  waybill = await Waybill.start({ WAYBILL_MEDIA_MAX_DOCUMENT: '2000000' });
  client = await MessagesClient.link(waybill);
  media = new MediaClient(waybill, client.session.user.key);
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
}, 240_000);

afterAll(() => waybill.end());

/** The friend sends a file with a caption of its own, by which it is found. */
const send = async (type: string, bytes: Buffer, more: object = {}): Promise<string> => {
  const caption = `caption ${randomBytes(6).toString('hex')}`;
  await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, {
    to: client.session.phone.number,
    type,
    [type]: { data: bytes.toString('base64'), caption, ...more },
  });
  return caption;
};

/** Whether the account's phone still has the files of its messages. */
const keepFiles = (keepsFiles: boolean) =>
  waybill.sandbox.ask(`PATCH /phones/${client.session.phone.number}`, { keepsFiles });

const all = async (type: string): Promise<readonly Received[]> =>
  ((await client.list({ chat: `+${friend.number}`, type, limit: '100' })).body as { readonly data: Received[] }).data;

const fileIn = (message: Received, type: string): Shown => message[type] as Shown;

/** The message with that caption, once its file is no longer pending. */
const settled = (type: string, caption: string): Promise<Received> =>
  eventually(async () => {
    const found = (await all(type)).find((message) => fileIn(message, type)['caption'] === caption);
    return found !== undefined && fileIn(found, type)['state'] !== 'pending' && found;
  }, 60_000);

describe('a file that somebody sends', () => {
  it.each([
    ['image', 'image', {}, { mimeType: 'image/jpeg', width: 64, height: 48 }],
    ['video', 'video', {}, { mimeType: 'video/mp4' }],
    ['document', 'document', { fileName: '../Rechnung März.pdf' }, { fileName: 'Rechnung März.pdf' }],
  ] as const)('can be had, byte by byte: %s', async (sample, type, more, described) => {
    const bytes = await sampleFiles[sample]();
    const message = await settled(type, await send(type, bytes, more));
    const file = fileIn(message, type);
    expect(file).toMatchObject({ state: 'ready', size: bytes.length, sha256: sha256Of(bytes), ...described });
    expect((await media.download(String(file['mediaId']))).bytes.equals(bytes)).toBe(true);
    const { timeline } = await client.get(message.id);
    expect(timeline.map(({ event }) => event)).toEqual(['received', 'file_fetched']);
  });

  it('is a voice message, with how long it plays', async () => {
    const bytes = await sampleFiles.voice();
    await send('audio', bytes, { voice: true, caption: undefined });
    const file = await eventually(async () => {
      const [message] = await all('audio');
      return message !== undefined && fileIn(message, 'audio')['state'] === 'ready' && fileIn(message, 'audio');
    });
    expect(file).toMatchObject({ voice: true, mimeType: 'audio/ogg; codecs=opus', sha256: sha256Of(bytes) });
  });

  it('comes although the download breaks off and WhatsApp is in trouble at first', async () => {
    await waybill.sandbox.fault({ kind: 'download-cut' });
    await waybill.sandbox.fault({ kind: 'download-error', code: 503 });
    const bytes = await sampleFiles.document();
    const message = await settled('document', await send('document', bytes));
    expect(fileIn(message, 'document')).toMatchObject({ state: 'ready', sha256: sha256Of(bytes) });
  });

  it('that WhatsApp no longer has is uploaded again by the phone', async () => {
    await waybill.sandbox.fault({ kind: 'download-error', code: 410 });
    const bytes = await sampleFiles.image();
    const message = await settled('image', await send('image', bytes));
    expect(fileIn(message, 'image')).toMatchObject({ state: 'ready', sha256: sha256Of(bytes) });
    expect(await waybill.sandbox.faults()).toEqual([]);
  });

  it('that nobody has any more, or that is too large, is unavailable, and says why', async () => {
    await keepFiles(false);
    await waybill.sandbox.fault({ kind: 'download-error', code: 410 });
    const expired = await settled('document', await send('document', randomBytes(1000)));
    expect(fileIn(expired, 'document')).toMatchObject({
      state: 'unavailable',
      reason: 'WhatsApp no longer has the file, and neither does the phone',
      size: 1000,
    });
    await keepFiles(true);
    const { timeline } = await client.get(expired.id);
    expect(timeline.at(-1)).toMatchObject({
      event: 'file_unavailable',
      detail: expect.stringContaining('no longer has'),
    });
    const large = await settled('document', await send('document', randomBytes(2_000_001)));
    expect(fileIn(large, 'document')).toMatchObject({
      state: 'unavailable',
      reason: 'The file is larger than this service takes',
    });
  });

  it('while the service was down, or when it is killed while it fetches, comes once', async () => {
    await waybill.kill();
    const missed = [sampleFiles.image(), sampleFiles.image(), sampleFiles.image()];
    const sent = await Promise.all(
      missed.map(async (picture) => {
        const bytes = await picture;
        return { bytes, caption: await send('image', bytes) };
      }),
    );
    await waybill.sandbox.fault({ kind: 'download-hang', count: 2 });
    await waybill.boot();
    await eventually(async () => (await waybill.sandbox.faults()).length === 0); // two downloads hang now
    await eventually(async () => (await all('image')).length >= sent.length + 1);
    await waybill.kill();
    await waybill.boot();
    for (const { bytes, caption } of sent) {
      const message = await settled('image', caption);
      expect(fileIn(message, 'image')).toMatchObject({ state: 'ready', sha256: sha256Of(bytes) });
      const { timeline } = await client.get(message.id);
      expect(timeline.map(({ event }) => event)).toEqual(['received', 'file_fetched']);
    }
  }, 180_000);
});
