import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { newId } from '#lib/ids';
import { Attachments } from '../../src/messaging/attachments/attachments.js';
import type { RequestedContent } from '../../src/messaging/content.contract.js';
import type { MediaRequest, MediaSource } from '../../src/messaging/content/media-request.js';
import type { SendMessage } from '../../src/messaging/message.contract.js';
import { Cleaner } from '../../src/media/cleaning/cleaner.js';
import { Library } from '../../src/media/library.js';
import { mediaFiles } from '../../src/media/media-files.contract.js';
import { CommandContext } from '../../src/platform/command-context.js';
import { Views } from '../../src/platform/views/views.js';
import { serve } from '../support/file-server.js';
import { sha256Of } from '../support/media-client.js';
import { startMessaging } from '../support/messaging-app.js';
import { newPicture } from '../support/pictures.js';
import { newSticker, sampleFiles } from '../support/sample-files.js';
import { silence } from '../support/sounds.js';

let messaging: Awaited<ReturnType<typeof startMessaging>>;
let server: Awaited<ReturnType<typeof serve>>;
let answered = 0;
let served: Buffer;
let userId: string;

beforeAll(async () => {
  messaging = await startMessaging({ variables: { WAYBILL_OUTBOUND_ALLOW: '127.0.0.1' } });
  server = await serve((_request, response) => {
    answered += 1;
    response.writeHead(200).end(served);
  });
});
beforeEach(async () => {
  answered = 0;
  userId = await messaging.newSender(10);
});
afterAll(async () => {
  await messaging.stop();
  await server.stop();
});

const bytesOf = (bytes: Buffer): MediaSource => ({ data: bytes.toString('base64') });

const media = (
  type: MediaRequest['type'],
  source: MediaSource,
  more: Partial<MediaRequest> = {},
): RequestedContent => ({
  type,
  source,
  mimeType: undefined,
  fileName: undefined,
  caption: null,
  viewOnce: false,
  form: 'plain',
  convert: false,
  ...more,
});

/** The message of a request, which may have been refused before under the same id. */
const send = async (messageId: string, content: RequestedContent, more: Partial<SendMessage['data']> = {}) => {
  const data = { messageId, userId, to: '+49 170 1234567', content, ...more };
  const { message } = await messaging.dispatch<SendMessage>({ type: 'SendMessage', data });
  return message.content as { readonly mediaId: string; readonly sha256: string };
};

/** As a request leaves it that was refused once its file was stored, or was cut off then. */
const takenBefore = async (messageId: string, content: RequestedContent): Promise<void> => {
  const context = CommandContext.new({ kind: 'system', id: 'test' });
  await messaging.part(Attachments).contentOf(content, { messageId, userId }, context);
};

/** Two frames. */
const moving = () => {
  const raw = { width: 8, height: 16, channels: 3, pageHeight: 8 } as const;
  return sharp(Buffer.alloc(8 * 16 * 3).fill(255, 8 * 8 * 3), { raw });
};

const upload = async (bytes: Buffer): Promise<MediaSource> => {
  async function* once() {
    yield await Promise.resolve(bytes);
  }
  const [mediaId, context] = [newId(), CommandContext.new({ kind: 'system', id: 'test' })];
  await messaging.part(Library).take({ mediaId, userId }, { bytes: once() }, { source: 'upload' }, context);
  return { mediaId };
};

const filesOf = async () => {
  const views = messaging.part(Views);
  await views.fresh(mediaFiles);
  const files = [];
  for await (const file of views.scan(mediaFiles, { where: { userId } })) files.push(file);
  return files;
};

describe('a request that is made in the place of a refused one', () => {
  it('sends its own file', async () => {
    const [id, a, b] = [newId(), await newPicture('png'), await newPicture('png')];
    const unknown = { replyTo: newId() };
    await expect(send(id, media('image', bytesOf(a)), unknown)).rejects.toMatchObject({ code: 'reply_to_not_found' });
    expect((await send(id, media('image', bytesOf(b)))).sha256).toBe(sha256Of(b));
  });

  it('sends its own file where that of the other one was stored', async () => {
    const [id, a, b] = [newId(), await newPicture('png'), await newPicture('png')];
    await takenBefore(id, media('image', bytesOf(a)));
    expect((await send(id, media('image', bytesOf(b)))).sha256).toBe(sha256Of(b));
  });

  it('sends its own file as what it asks for', async () => {
    const [id, picture] = [newId(), await newPicture('png')];
    await takenBefore(id, media('sticker', bytesOf(picture)));
    expect((await send(id, media('image', bytesOf(picture)))).sha256).toBe(sha256Of(picture));
  });

  it('is judged by its own file', async () => {
    const [id, voice] = [newId(), await sampleFiles.voice()];
    const form = { form: 'voice' } as const;
    const refused = send(id, media('audio', bytesOf(await sampleFiles.audio()), form));
    await expect(refused).rejects.toMatchObject({ code: 'media_type_refused' });
    expect((await send(id, media('audio', bytesOf(voice), form))).sha256).toBe(sha256Of(voice));
  });

  it('sends what is made of its own file', async () => {
    const [id, a, b] = [newId(), await upload(await newSticker(100)), await upload(await newSticker(100))];
    await takenBefore(id, media('sticker', a));
    const { sha256 } = await send(id, media('sticker', b));
    expect(sha256).not.toBe((await send(newId(), media('sticker', a))).sha256);
    expect(sha256).toBe((await send(newId(), media('sticker', b))).sha256);
  });
});

describe('a request that is repeated after it was refused, or cut off', () => {
  it('sends the file that was fetched, which is stored once', async () => {
    served = await newPicture('png');
    const [id, image] = [newId(), media('image', { url: server.url })];
    await takenBefore(id, image);
    expect((await send(id, image)).sha256).toBe(sha256Of(served));
    expect([answered, (await filesOf()).length]).toEqual([1, 1]);
  });

  it('stores only what is sent, where that is made of the file', async () => {
    served = await newPicture('png', 300, 200);
    const [id, sticker] = [newId(), media('sticker', { url: server.url })];
    await takenBefore(id, sticker);
    const { mediaId } = await send(id, sticker);
    expect([answered, await filesOf()]).toEqual([1, [expect.objectContaining({ id: mediaId })]]);
  });

  it('sends what is at the URL by then, where that could not be sent before', async () => {
    const [id, voice] = [newId(), media('audio', { url: server.url }, { form: 'voice' })];
    served = await sampleFiles.audio();
    await expect(send(id, voice)).rejects.toMatchObject({ code: 'media_type_refused' });
    expect(await filesOf()).toEqual([]);
    served = await sampleFiles.voice();
    expect((await send(id, voice)).sha256).toBe(sha256Of(served));
  });

  it('takes its file again where it was cleaned in between, as often as that happens', async () => {
    const [id, picture] = [newId(), await newPicture('png')];
    const image = media('image', bytesOf(picture));
    await takenBefore(id, image);
    await filesOf();
    await messaging.part(Cleaner).cleanAllOf(userId);
    await takenBefore(id, image);
    await filesOf();
    await messaging.part(Cleaner).cleanAllOf(userId);
    const { mediaId } = await send(id, image);
    const states = (await filesOf()).map((file) => `${file.id === mediaId ? 'sent' : 'other'} ${file.state}`);
    expect(new Set(states)).toEqual(new Set(['other cleaned', 'sent stored']));
    expect(states).toHaveLength(3);
  });
});

describe('a picture that not all phones show', () => {
  it('is sent as a JPEG where a conversion is asked for', async () => {
    const tiff = await sharp(await newPicture('png', 40, 30))
      .tiff()
      .toBuffer();
    for (const source of [bytesOf(tiff), await upload(tiff)]) {
      const content = await send(newId(), media('image', source, { convert: true }));
      expect(content).toMatchObject({ mimeType: 'image/jpeg', width: 40, height: 30 });
    }
    expect(await send(newId(), media('image', bytesOf(tiff)))).toMatchObject({ mimeType: 'image/tiff' });
  });

  it('is sent as it is where no JPEG can be made of it, or that would stand still, also if a conversion is asked for', async () => {
    const bitmap = Buffer.concat([Buffer.from('BM'), Buffer.alloc(60)]);
    const heic = Buffer.concat([Buffer.from('\0\0\0\u0018ftypheic\0\0\0\0heicmif1'), Buffer.alloc(60)]);
    const [gif, webp] = [await moving().gif().toBuffer(), await moving().webp().toBuffer()];
    for (const picture of [bitmap, heic, gif, webp]) {
      for (const source of [bytesOf(picture), await upload(picture)]) {
        const { sha256 } = await send(newId(), media('image', source, { convert: true }));
        expect(sha256).toBe(sha256Of(picture));
      }
    }
  });

  it('is refused where it cannot be read and is too large', async () => {
    const bitmap = Buffer.concat([Buffer.from('BM'), Buffer.alloc(6_000_000)]);
    const image = media('image', bytesOf(bitmap), { convert: true });
    await expect(send(newId(), image)).rejects.toMatchObject({ code: 'media_type_refused' });
  });
});

it('a sound is not sent as a video', async () => {
  const sound = media('video', bytesOf(await sampleFiles.audio()));
  await expect(send(newId(), sound)).rejects.toMatchObject({ code: 'media_type_refused' });
});

const isInstalled = spawnSync('ffmpeg', ['-version']).status === 0;

(isInstalled ? describe : describe.skip)('a sound that is converted (with ffmpeg)', () => {
  const voice = { form: 'voice', convert: true } as const;

  it('is sent as a voice message, whether it comes with the request or was uploaded, and leaves nothing behind', async () => {
    const wav = silence(1);
    for (const source of [bytesOf(wav), await upload(wav)]) {
      const content = await send(newId(), media('audio', source, voice));
      expect(content).toMatchObject({ mimeType: 'audio/ogg; codecs=opus', form: 'voice' });
      expect(content.sha256).not.toBe(sha256Of(wav));
    }
    expect(await readdir(join(messaging.directory.path, 'media', 'staged'))).toEqual([]);
  });

  it('is refused where ffmpeg makes nothing of it, and leaves nothing behind', async () => {
    const damaged = silence(1);
    damaged.writeUInt16LE(0xeeee, 20); // a codec that nobody knows
    for (const source of [bytesOf(damaged), await upload(damaged)]) {
      const refused = send(newId(), media('audio', source, voice));
      await expect(refused).rejects.toMatchObject({ code: 'media_type_refused' });
    }
    expect(await readdir(join(messaging.directory.path, 'media', 'staged'))).toEqual([]);
  });
});
