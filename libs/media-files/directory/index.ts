import { mkdir, open, readdir, rename, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { syncDirectory } from '#lib/sync-directory';
import { FileMissing, type ByteRange, type KeptFile, type MediaFiles, type StagedFile } from '../port.js';
import { isHash, isShard, isUserId, placeOf, userIdOf } from '../names.js';
import { isMissing, onDisk } from '../on-disk.js';
import { Staging } from '../staging.js';

/**
 * Keeps the files in a directory, which is made where there is none. Files and directories are open only to their owner.
 * @throws {MediaFilesUnavailable}
 */
export const openMediaDirectory = async (directory: string): Promise<MediaFiles> => {
  const staging = new Staging(join(directory, 'staged'));
  await staging.open();
  return new MediaDirectory(directory, staging);
};

class MediaDirectory implements MediaFiles {
  constructor(
    private readonly directory: string,
    private readonly staging: Staging,
  ) {}

  stage(bytes: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StagedFile> {
    return this.staging.stage(bytes, maxBytes);
  }

  discard(file: StagedFile): Promise<void> {
    return this.staging.discard(file);
  }

  async keep(userId: string, { sha256, path }: StagedFile): Promise<void> {
    const kept = this.pathOf(userId, sha256);
    await onDisk(async () => {
      await mkdir(dirname(kept), { recursive: true, mode: 0o700 });
      await utimes(path, new Date(), new Date());
      await rename(path, kept); // the same content takes the place of itself
      for (const parent of [dirname(kept), this.userDirectory(userId), this.directory]) await syncDirectory(parent);
    });
  }

  async open(userId: string, sha256: string, range?: ByteRange): Promise<Readable> {
    const file = await this.openWhole(userId, sha256);
    return file.createReadStream(range && { start: range.first, end: range.last });
  }

  async openWhole(userId: string, sha256: string): Promise<FileHandle> {
    const path = this.pathOf(userId, sha256);
    const file = await onDisk(() => foundOrUndefined(open(path, 'r')));
    if (!file) throw new FileMissing();
    return file;
  }

  async size(userId: string, sha256: string): Promise<number | undefined> {
    const path = this.pathOf(userId, sha256);
    return (await onDisk(() => foundOrUndefined(stat(path))))?.size;
  }

  async *list(): AsyncGenerator<KeptFile> {
    for (const userId of await namesIn(this.directory, isUserId)) {
      for (const shard of await namesIn(join(this.directory, userId), isShard)) {
        const directory = join(this.directory, userId, shard);
        const found = (await namesIn(directory, isHash)).map(async (sha256) => {
          const stats = await onDisk(() => foundOrUndefined(stat(join(directory, sha256))));
          return stats && { userId, sha256, size: stats.size, keptAt: stats.mtime.toISOString() };
        });
        for (const file of await Promise.all(found)) if (file) yield file;
      }
    }
  }

  async remove(userId: string, sha256: string): Promise<void> {
    const path = this.pathOf(userId, sha256);
    await onDisk(() => rm(path, { force: true }));
  }

  async removeAll(userId: string): Promise<void> {
    const directory = this.userDirectory(userId);
    await onDisk(() => rm(directory, { recursive: true, force: true }));
  }

  private userDirectory(userId: string): string {
    return join(this.directory, userIdOf(userId));
  }

  private pathOf(userId: string, sha256: string): string {
    return join(this.userDirectory(userId), placeOf(sha256));
  }
}

const namesIn = async (directory: string, isOne: (name: string) => boolean): Promise<readonly string[]> => {
  const names = await onDisk(() => foundOrUndefined(readdir(directory)));
  return names?.filter(isOne) ?? [];
};

const foundOrUndefined = <Found>(finding: Promise<Found>): Promise<Found | undefined> =>
  finding.catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
