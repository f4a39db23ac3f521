import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import { Cleaner } from '../../src/media/cleaning/cleaner.js';
import { ContentRemover } from '../../src/media/cleaning/content-remover.js';
import { MEDIA_LIBRARY, type MediaLibrary } from '../../src/media/media-library.contract.js';
import type { RecordMediaCleaned } from '../../src/media/media.commands.js';
import type { Media } from '../../src/media/media.contract.js';
import { mediaFiles } from '../../src/media/media-files.contract.js';
import { accepted } from '../../src/messaging/message.builders.js';
import type { AcceptMessage, MessageCommand } from '../../src/messaging/message.commands.js';
import { CommandBus } from '../../src/platform/bus/command-bus.js';
import { CommandContext } from '../../src/platform/command-context.js';
import { Views } from '../../src/platform/views/views.js';
import type { InitSession } from '../../src/sessions/session.commands.js';
import { startHttp, type HttpService } from '../support/http.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const minuteMs = 60_000;
const context = CommandContext.new({ kind: 'system', id: 'test' });
const now = (): string => new Date().toISOString();
const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * minuteMs).toISOString();
const { signal } = new AbortController();

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;
let library: MediaLibrary;
let commands: CommandBus;
let remover: ContentRemover;
let userId: string;

beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startHttp(directory.path);
  library = service.app.get<MediaLibrary>(MEDIA_LIBRARY, { strict: false });
  commands = service.app.get(CommandBus, { strict: false });
  remover = service.app.get(ContentRemover, { strict: false });
});
beforeEach(() => {
  userId = newId();
});
afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

const take = (text: string, mediaId = newId()): Promise<Media> => {
  const source = { data: Buffer.from(text).toString('base64') };
  return library.take({ mediaId, userId }, source, { source: 'data' }, context);
};
const clean = ({ mediaId }: Media, at: string) =>
  commands.execute<RecordMediaCleaned>({ type: 'RecordMediaCleaned', data: { mediaId, why: 'age', at } }, context);
const pathOf = ({ sha256 }: Pick<Media, 'sha256'>): string =>
  join(directory.path, 'media', userId, sha256.slice(0, 2), sha256);
/** As if its content had been stored long ago. */
const aged = async (file: Pick<Media, 'sha256'>): Promise<void> => utimes(pathOf(file), new Date(0), new Date(0));
const stored = async (): Promise<readonly string[]> => {
  const entries = await readdir(join(directory.path, 'media', userId), { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? entry.name : []));
};
const sweep = () => remover.sweep(signal);

describe('a content', () => {
  it('is removed once no file has it any more, and not before that has been so for some minutes', async () => {
    const [first, second] = [await take('the same'), await take('the same')];
    await aged(first);
    await clean(first, minutesAgo(11));
    await sweep();
    expect(await stored()).toEqual([first.sha256]);
    await clean(second, minutesAgo(9));
    await sweep();
    expect(await stored()).toEqual([first.sha256]);
  });

  it('stays for a message that was accepted while its file was cleaned, until that is sent or will not be', async () => {
    const file = await take('cleaned meanwhile');
    await aged(file);
    await clean(file, minutesAgo(60));
    const messageId = newId();
    const { mediaId, mimeType, size, sha256, fileName, width, height, seconds } = file;
    const described = { mediaId, mimeType, size, sha256, fileName, width, height, seconds };
    const content = { type: 'document', ...described, caption: null, viewOnce: false, form: 'plain' } as const;
    const { acceptedAt: at, ...message } = { ...accepted, messageId, userId, content };
    const { sessionId } = message;
    const session = { sessionId, userId, name: null, pairing: 'qr', phoneNumber: null, at } as const;
    await commands.execute<InitSession>({ type: 'InitSession', data: session }, context);
    await commands.execute<AcceptMessage>(
      { type: 'AcceptMessage', data: { ...message, scheduledAt: '2099-01-01T00:00:00.000Z', at } },
      context,
    );
    await sweep();
    expect(await stored()).toEqual([sha256]);
    await commands.execute<MessageCommand>({ type: 'CancelIfUnsent', data: { messageId, at: now() } }, context);
    await sweep();
    expect(await stored()).toEqual([]);
  });

  it('that was stored and not recorded, because the process died, is removed a while later', async () => {
    const orphans = [{ sha256: 'ab'.repeat(32) }, { sha256: 'cd'.repeat(32) }] as const;
    for (const orphan of orphans) {
      await mkdir(join(pathOf(orphan), '..'), { recursive: true });
      await writeFile(pathOf(orphan), 'orphan');
    }
    await aged(orphans[0]);
    await sweep();
    expect(await stored()).toEqual([orphans[1].sha256]);
  });

  it('that is stored again while it is being removed is there afterwards, whichever comes first', async () => {
    for (let round = 0; round < 20; round += 1) {
      const old = await take('again and again');
      await aged(old);
      await clean(old, minutesAgo(60));
      const [again] = await Promise.all([take('again and again'), sweep()]);
      expect(await stored()).toEqual([again.sha256]);
      await clean(again, minutesAgo(60));
    }
  });
});

it('a file that is cleaned twice at once is cleaned once', async () => {
  const cleaner = service.app.get(Cleaner, { strict: false });
  await take('one');
  await service.app.get(Views, { strict: false }).fresh(mediaFiles);
  await Promise.all([cleaner.cleanAllOf(userId), cleaner.cleanAllOf(userId)]);
  const cleaned = (await service.events()).filter(
    ({ type, data }) => type === 'MediaCleaned' && JSON.stringify(data).includes(userId),
  );
  expect(cleaned).toHaveLength(1);
});
