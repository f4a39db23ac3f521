import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import { EmptyFile, FileMissing, FileTooLarge, type ByteRange, type MediaFiles } from '#lib/media-files';

/** Media files for tests. */
export type MediaFilesFixture = {
  readonly files: MediaFiles;
  /** Opens them once more, as another process does. */
  reopen(): Promise<MediaFiles>;
  /** The names of everything that is stored, staged files included. */
  everything(): Promise<readonly string[]>;
  remove(): Promise<void>;
};

async function* inChunks(bytes: Uint8Array, chunkBytes = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

async function* breaking(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
  throw new Error('The connection broke');
}

const maxBytes = 100_000;

/** What every store of media files does. */
export const mediaFilesContract = (name: string, newFixture: () => Promise<MediaFilesFixture>): void => {
  describe(`media files: ${name}`, () => {
    const content = randomBytes(25_000);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const [ada, ben] = [newId(), newId()];
    let fixture: MediaFilesFixture;
    let files: MediaFiles;

    beforeEach(async () => {
      fixture = await newFixture();
      files = fixture.files;
    });
    afterEach(() => fixture.remove());

    const keep = async (userId: string, bytes: Uint8Array = content): Promise<void> =>
      files.keep(userId, await files.stage(inChunks(bytes), maxBytes));
    const read = async (userId: string, range?: ByteRange): Promise<Buffer> =>
      buffer(await files.open(userId, sha256, range));

    it('keep what was staged, by its hash, also for another process', async () => {
      const staged = await files.stage(inChunks(content), maxBytes);
      expect(staged).toMatchObject({ sha256, size: content.length });
      await files.keep(ada, staged);
      const again = await fixture.reopen();
      expect(await buffer(await again.open(ada, sha256))).toEqual(content);
      expect(await again.size(ada, sha256)).toBe(content.length);
    });

    it('read any range of a file', async () => {
      await keep(ada);
      expect(await read(ada, { first: 0, last: 0 })).toEqual(content.subarray(0, 1));
      expect(await read(ada, { first: 9_999, last: 20_000 })).toEqual(content.subarray(9_999, 20_001));
      expect(await read(ada, { first: 24_999, last: 24_999 })).toEqual(content.subarray(-1));
    });

    it('hand a whole file over to whoever reads it on their own', async () => {
      await keep(ada);
      const whole = await files.openWhole(ada, sha256);
      expect('fd' in whole ? await whole.readFile() : await buffer(whole)).toEqual(content);
      if ('fd' in whole) await whole.close();
      await expect(files.openWhole(ben, sha256)).rejects.toThrow(FileMissing);
    });

    it('store a content once per user, also when it is kept many times at once', async () => {
      await Promise.all(Array.from({ length: 10 }, () => keep(ada)));
      expect(await fixture.everything()).toHaveLength(1);
      expect(await read(ada)).toEqual(content);
    });

    it('are never shared: the same content of another user is another file', async () => {
      await keep(ada);
      await expect(files.open(ben, sha256)).rejects.toThrow(FileMissing);
      expect(await files.size(ben, sha256)).toBeUndefined();
      await keep(ben);
      await files.remove(ada, sha256);
      expect(await read(ben)).toEqual(content);
      await expect(files.open(ada, sha256)).rejects.toThrow(FileMissing);
    });

    it('take a file of exactly the limit, and leave nothing of a larger one', async () => {
      await expect(files.stage(inChunks(content), content.length - 1)).rejects.toThrow(FileTooLarge);
      expect(await fixture.everything()).toEqual([]);
      await expect(files.stage(inChunks(content), content.length)).resolves.toMatchObject({ sha256 });
    });

    it('do not read on after the limit', async () => {
      let chunks = 0;
      async function* endless(): AsyncGenerator<Uint8Array> {
        for (;;) {
          chunks += 1;
          yield content;
        }
      }
      await expect(files.stage(endless(), content.length * 3)).rejects.toThrow(FileTooLarge);
      expect(chunks).toBe(4);
    });

    it('leave nothing of a stream that breaks or is empty', async () => {
      await expect(files.stage(breaking(content), maxBytes)).rejects.toThrow('The connection broke');
      await expect(files.stage(inChunks(Buffer.alloc(0)), maxBytes)).rejects.toThrow(EmptyFile);
      expect(await fixture.everything()).toEqual([]);
    });

    it('remove a staged file that is discarded, as often as that is asked', async () => {
      const staged = await files.stage(inChunks(content), maxBytes);
      await files.discard(staged);
      await files.discard(staged);
      expect(await fixture.everything()).toEqual([]);
    });

    it('list all files, with their users, sizes, and when they were last kept', async () => {
      const list = async () => {
        const found = [];
        for await (const file of files.list()) found.push(file);
        return found;
      };
      expect(await list()).toEqual([]);
      await files.stage(inChunks(content), maxBytes); // nobody's
      const before = Date.now() - 1000; // a store may count in seconds
      await keep(ada);
      await keep(ben);
      await keep(ben, randomBytes(10));
      const found = await list();
      const sizes = found.map(({ userId, size }) => `${userId} ${size}`).toSorted();
      expect(sizes).toEqual([`${ada} 25000`, `${ben} 10`, `${ben} 25000`].toSorted());
      expect(found.filter((file) => file.sha256 === sha256)).toHaveLength(2);
      for (const { keptAt } of found) expect(Date.parse(keptAt)).toBeGreaterThanOrEqual(before);
      await files.remove(ben, sha256);
      expect(await list()).toHaveLength(2);
    });

    it('remove a file, and all files of a user', async () => {
      await keep(ada);
      await keep(ada, randomBytes(10));
      await keep(ben);
      await files.remove(ada, sha256);
      await files.remove(ada, sha256);
      expect(await fixture.everything()).toHaveLength(2);
      await files.removeAll(ada);
      await files.removeAll(ada);
      expect(await fixture.everything()).toHaveLength(1);
      expect(await read(ben)).toEqual(content);
    });

    it('never leave the place of their user, whatever they are asked for', async () => {
      await expect(files.open('../secrets', sha256)).rejects.toThrow();
      await expect(files.open(ada, '../../secrets.db')).rejects.toThrow();
      await expect(files.size(ada, `${sha256}/../..`)).rejects.toThrow();
      await expect(files.removeAll('..')).rejects.toThrow();
    });
  });
};
