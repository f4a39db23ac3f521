import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import type { MediaKind, MediaToUpload, OutgoingContent, OutgoingMedia, UploadedMedia } from '#lib/whatsapp';
import type { Phone } from '#lib/whatsapp-sandbox';
import { eventually } from '../../support/eventually.js';
import { linked, linkedAlone, linkedImpatiently } from '../support/fixtures.js';
import { fileOf, mediaContent, type Gateway } from '../support/gateway.js';

const bytes = randomBytes(300_007);
const thumbnail = randomBytes(500).toString('base64');

/** In pieces of many sizes. */
const piecesOf = (file: Buffer): Readable => {
  const sizes = [1, 15, 16, 17, 64 * 1024, 100_003];
  const pieces: Buffer[] = [];
  for (let at = 0; at < file.length;) {
    const size = sizes[pieces.length % sizes.length]!;
    pieces.push(file.subarray(at, at + size));
    at += size;
  }
  return Readable.from(pieces);
};

const upload = (gateway: Gateway, media: MediaToUpload, file: Buffer = bytes): Promise<UploadedMedia> =>
  gateway.connections.uploadMedia('one', media, piecesOf(file));

const sendFile = async <Kind extends MediaKind>(
  gateway: Gateway,
  to: Phone | string,
  kind: Kind,
  seed: string,
  more: Partial<OutgoingMedia<Kind>> = {},
  file: Buffer = bytes,
): Promise<OutgoingMedia<Kind>> => {
  const media = fileOf(file, kind, seed);
  const content = mediaContent(kind, media, await upload(gateway, media, file), more);
  await gateway.sendContent(to, content as unknown as OutgoingContent, seed);
  return content;
};

const arrived = (phone: Phone, n = 1) =>
  eventually(() => phone.messages().filter(({ media, duplicate }) => media && !duplicate)[n - 1] ?? false);

/** Files that are uploaded and sent. */
export const mediaCases = (): void => {
  it.each([
    ['a picture', 'image', { caption: 'Look', width: 640, height: 480, thumbnail }],
    ['a picture that opens once', 'image', { viewOnce: true, caption: 'Once' }],
    ['a video', 'video', { caption: 'Moving', seconds: 12 }],
    ['a video that repeats without sound', 'video', { form: 'gif' }],
    ['a round video', 'video', { form: 'note', seconds: 3 }],
    ['a voice message', 'audio', { mimeType: 'audio/ogg; codecs=opus', form: 'voice', seconds: 7 }],
    ['audio that opens once', 'audio', { mimeType: 'audio/mpeg', viewOnce: true }],
    ['a document', 'document', { fileName: 'plain.bin' }],
    ['a document with a caption', 'document', { fileName: 'Rechnung 4711 – März.pdf', caption: 'Yours' }],
    ['a sticker', 'sticker', { mimeType: 'image/webp', width: 512, height: 512 }],
  ] as const)(
    'sends %s, with all that belongs to it',
    linked(async ({ gateway, friend }, _what: string, kind: MediaKind, more: Partial<OutgoingMedia<MediaKind>>) => {
      const { mimeType, size } = await sendFile(gateway, friend, kind, 'file', more);
      const message = await arrived(friend);
      expect(message).toMatchObject({ type: kind, ...(more.caption && { text: more.caption }) });
      expect(message.media).toEqual({
        kind,
        mimeType,
        fileLength: size,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        url: expect.stringMatching(/^https:/),
        ...(more.fileName && { fileName: more.fileName }),
        ...(more.viewOnce && { viewOnce: true }),
        ...(more.form && { [more.form]: true }),
        ...(more.width && { width: more.width, height: more.height }),
        ...(more.seconds && { seconds: more.seconds }),
        ...(more.thumbnail && { thumbnailBytes: 500 }),
      });
      expect(bytes.equals(await friend.media(message.id))).toBe(true);
    }),
  );

  it(
    'encrypts the same file for the same message to the same bytes, and otherwise to others',
    linked(async ({ gateway }) => {
      const hashOf = async (kind: MediaKind, seed: string, file = bytes) =>
        (await upload(gateway, fileOf(file, kind, seed), file)).encryptedSha256;
      const first = await hashOf('image', 'one');
      expect(await hashOf('image', 'one')).toBe(first);
      expect(await hashOf('image', 'two')).not.toBe(first);
      expect(await hashOf('document', 'one')).not.toBe(first);
    }),
  );

  it(
    'sends files of any size, empty ones too',
    linked(async ({ gateway, friend }) => {
      const sizes = [0, 1, 15, 16, 17];
      for (const [index, size] of sizes.entries()) {
        const small = randomBytes(size);
        await sendFile(gateway, friend, 'document', `${size} bytes`, {}, small);
        const { id } = await arrived(friend, index + 1);
        expect(small.equals(await friend.media(id))).toBe(true);
      }
    }),
  );

  it(
    'repeats a file for a receiver that could not decrypt it, without uploading it again',
    linked(async ({ sandbox, gateway, friend }) => {
      sandbox.faults.add({ kind: 'retry' });
      const media = fileOf(bytes, 'image', 'again');
      const content = mediaContent('image', media, await upload(gateway, media), { caption: 'Again' });
      sandbox.mediaFaults.add({ on: 'upload', kind: 'status', status: 500, count: 1 });
      await gateway.sendContent(friend, content, 'again');
      const { id, text } = await arrived(friend);
      expect(gateway.askedFor).toEqual([id]);
      expect(text).toBe('Again');
      expect(bytes.equals(await friend.media(id))).toBe(true);
      expect(sandbox.mediaFaults.waiting()).toHaveLength(1);
    }),
  );

  it(
    'does not hold up messages that are sent while a file is uploaded',
    linked(async ({ gateway, friend }) => {
      let goOn: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (goOn = resolve));
      const slowly = async function* () {
        yield bytes.subarray(0, 1000);
        await held;
        yield bytes.subarray(1000);
      };
      const media = fileOf(bytes, 'video', 'slow');
      const uploading = gateway.connections.uploadMedia('one', media, slowly());
      await gateway.send(friend, 'quick');
      goOn();
      await gateway.sendContent(friend, mediaContent('video', media, await uploading), 'slow');
      await arrived(friend);
      expect(friend.messages().map(({ type }) => type)).toEqual(['text', 'video']);
    }),
  );

  it(
    'asks the phone for a file that WhatsApp no longer has',
    linkedImpatiently(async ({ gateway, phone, friend }) => {
      const { id } = await friend.send({ to: phone.number, type: 'document', bytes });
      const { key, content } = (await gateway.nth('message', 1)).message;
      if (content.type !== 'document') throw new Error(`A ${content.type} came`);
      const { connections } = gateway;
      const renew = () => connections.renewMedia('one', key, content.media);

      friend.files.expire(id);
      await expect(connections.downloadMedia('one', content.media)).rejects.toMatchObject({ gone: true });
      const renewed = await renew();
      expect(bytes.equals(await buffer(await connections.downloadMedia('one', renewed!)))).toBe(true);
      phone.set({ online: false });
      await expect(renew()).rejects.toMatchObject({ name: 'QueryFailed', message: expect.stringContaining('phone') });
      phone.set({ online: true, keepsFiles: false });
      expect(await renew()).toBeUndefined();
    }),
  );

  it.each([
    [
      { on: 'upload', count: 1, kind: 'status', status: 503 },
      { kind: 'refused', status: 503 },
    ],
    [{ on: 'upload', count: 1, kind: 'cut' }, { kind: 'interrupted' }],
    [{ on: 'upload', count: 1, kind: 'hang' }, { kind: 'interrupted' }],
  ] as const)(
    'says that an upload failed (%j), and uploads it at the next attempt',
    linkedImpatiently(async ({ sandbox, gateway, friend }, fault, outcome) => {
      sandbox.mediaFaults.add(fault);
      const media = fileOf(bytes, 'image', 'failing');
      await expect(upload(gateway, media)).rejects.toMatchObject({ name: 'UploadFailed', outcome });
      await sendFile(gateway, friend, 'image', 'failing');
      const { id } = await arrived(friend);
      expect(bytes.equals(await friend.media(id))).toBe(true);
    }),
  );

  it(
    'asks for a new permit where the one it has is refused',
    linked(async ({ sandbox, gateway }) => {
      const media = fileOf(bytes, 'image', 'permit');
      await upload(gateway, media);
      sandbox.mediaFaults.add({ on: 'upload', kind: 'status', status: 401, count: 1 });
      await upload(gateway, media);
      expect(sandbox.mediaFaults.waiting()).toEqual([]);
    }),
  );

  it(
    'uploads no file that breaks off, is longer or is another one, and leaves nothing on the disk',
    linkedAlone(async ({ gateway }) => {
      const media = fileOf(bytes, 'image', 'broken');
      const uploading = (file: AsyncIterable<Uint8Array>) => gateway.connections.uploadMedia('one', media, file);
      const unreadable = { name: 'UploadFailed', outcome: { kind: 'unreadable' } };
      let isReadOn = true;
      const breaking = async function* () {
        yield bytes.subarray(0, 1000);
        throw new Error('The disk is broken');
      };
      const endless = async function* () {
        try {
          for (;;) yield bytes;
        } finally {
          isReadOn = false;
        }
      };
      await expect(uploading(breaking())).rejects.toMatchObject(unreadable);
      await expect(uploading(endless())).rejects.toMatchObject(unreadable);
      await eventually(() => !isReadOn);
      await expect(uploading(Readable.from([bytes.subarray(1)]))).rejects.toMatchObject(unreadable);
      await expect(uploading(Readable.from([randomBytes(bytes.length)]))).rejects.toMatchObject(unreadable);
      expect(await readdir(join(gateway.directory, 'uploads'))).toEqual([]);
    }),
  );

  it(
    'uploads nothing without a connection',
    linked(async ({ gateway }) => {
      await gateway.after('closed', () => gateway.connections.stop('one'));
      const media = fileOf(bytes, 'image', 'offline');
      await expect(upload(gateway, media)).rejects.toMatchObject({ name: 'NotConnected' });
    }),
  );

  it(
    'ends an upload with the connections',
    linkedAlone(async ({ sandbox, gateway }) => {
      sandbox.mediaFaults.add({ on: 'upload', kind: 'hang', count: 1 });
      const uploading = upload(gateway, fileOf(bytes, 'image', 'hanging'));
      const failed = uploading.then(
        () => undefined,
        (error: unknown) => error,
      );
      await eventually(() => sandbox.mediaFaults.waiting().length === 0);
      await gateway.close();
      expect(await failed).toMatchObject({ name: 'UploadFailed' });
      await gateway.reopen();
    }),
  );
};
