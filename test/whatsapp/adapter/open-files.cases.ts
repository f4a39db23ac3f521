import { randomBytes } from 'node:crypto';
import { open, readdir, readlink, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it } from '@jest/globals';
import { Transient } from '#lib/async';
import { UploadDiskUnavailable, type FileToUpload } from '#lib/whatsapp';
import { eventually } from '../../support/eventually.js';
import { linkedAlone } from '../support/fixtures.js';
import { fileOf, mediaContent, type Gateway } from '../support/gateway.js';

/** Larger than what is read at a time. */
const large = randomBytes(3_000_011);

class StoreAway extends Transient {
  override readonly name = 'StoreAway';
}

/** Makes an open file of these bytes. */
const opened = async (gateway: Gateway, file: Buffer): Promise<FileHandle> => {
  const path = join(gateway.directory, openedName);
  await writeFile(path, file);
  return open(path);
};
const openedName = 'opened.bin';
/** Whether any thread of this process has the file open. */
const isOpen = async (): Promise<boolean> => {
  const links = (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''));
  return (await Promise.all(links)).some((path) => path.endsWith(`/${openedName}`));
};

/** Files that are uploaded from the disk of this machine. */
export const openFileCases = (): void => {
  it(
    'reads an open file by itself, to the same bytes as a stream, and closes it',
    linkedAlone(async ({ gateway, friend }) => {
      const media = fileOf(large, 'document', 'open');
      const file = await opened(gateway, large);
      expect(await isOpen()).toBe(true);
      const uploaded = await gateway.connections.uploadMedia('one', media, file);
      expect(await isOpen()).toBe(false);
      const streamed = await gateway.connections.uploadMedia('one', media, Readable.from([large]));
      expect(uploaded.encryptedSha256).toBe(streamed.encryptedSha256);
      await gateway.sendContent(friend, mediaContent('document', media, uploaded), 'open');
      const { id } = await eventually(() => friend.messages().find((message) => message.media) ?? false);
      expect(large.equals(await friend.media(id))).toBe(true);
    }),
  );

  it(
    'closes an open file that is another one, that WhatsApp refuses, and that no connection takes',
    linkedAlone(async ({ sandbox, gateway }) => {
      const media = fileOf(large, 'document', 'closed');
      const failing = async (bytesThere: Buffer) => {
        const file = await opened(gateway, bytesThere);
        await expect(gateway.connections.uploadMedia('one', media, file)).rejects.toThrow();
        expect(await isOpen()).toBe(false);
      };
      for (const other of [randomBytes(large.length), large.subarray(1), Buffer.concat([large, large])]) {
        await failing(other);
      }
      sandbox.mediaFaults.add({ on: 'upload', kind: 'status', status: 500, count: 1 });
      await failing(large);
      await gateway.after('closed', () => gateway.connections.stop('one'));
      await failing(large);
    }),
  );

  it(
    'tells stores that fail, of which another attempt says nothing, from files that cannot be sent',
    linkedAlone(async ({ gateway }) => {
      const media = fileOf(large, 'document', 'unavailable');
      const failure = async (file: FileToUpload) =>
        gateway.connections.uploadMedia('one', media, file).catch((error: unknown) => error);
      const breaking = async function* () {
        yield large.subarray(0, 1000);
        throw new StoreAway('The bucket is away');
      };
      const unreadable = await open(join(gateway.directory, 'unreadable.bin'), 'w');
      const [ofStream, ofDisk] = [await failure(breaking()), await failure(unreadable)];
      for (const error of [ofStream, ofDisk]) expect(error).toBeInstanceOf(Transient);
      expect(ofStream).toMatchObject({ name: 'StoreAway', message: 'The bucket is away' });
      expect(ofDisk).toMatchObject({ message: expect.stringContaining('EBADF') });

      const uploads = join(gateway.directory, 'uploads');
      await rm(uploads, { recursive: true });
      await writeFile(uploads, 'in the way');
      expect(await failure(Readable.from([large]))).toBeInstanceOf(UploadDiskUnavailable);
      await rm(uploads);
      await expect(gateway.connections.uploadMedia('one', media, Readable.from([large]))).resolves.toBeDefined();
    }),
  );
};
