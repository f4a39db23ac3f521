import { createReadStream, createWriteStream, type Dirent } from 'node:fs';
import { access, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { syncDirectory } from '#lib/sync-directory';
import { BackupMissing, BackupPlaceUnavailable, type BackupPlace, type PlacedFile, type Verify } from '../port.js';

const partial = '.partial';
const abandonedAfterMs = 24 * 60 * 60 * 1000;

/** Backups in a directory. The first one that is written makes it where there is none. All is open only to its owner. */
export const openBackupDirectory = (directory: string): BackupPlace => new BackupDirectory(directory);

class BackupDirectory implements BackupPlace {
  constructor(readonly name: string) {}

  async write(name: string, bytes: AsyncIterable<Uint8Array>, verify?: Verify): Promise<void> {
    const path = this.pathOf(name);
    const written = `${path}${partial}`;
    await onDisk(() => mkdir(this.name, { recursive: true, mode: 0o700 }));
    try {
      await pipeline(failuresOf(bytes), createWriteStream(written, { mode: 0o600, flush: true }));
      await verify?.(() => Promise.resolve(createReadStream(written)));
      await rename(written, path);
      await syncDirectory(this.name);
    } catch (error) {
      await rm(written, { force: true });
      throw error instanceof StreamFailed ? error.cause : unavailable(error);
    }
  }

  async read(name: string): Promise<Readable> {
    const path = this.pathOf(name);
    try {
      await access(path);
    } catch (error) {
      throw isMissing(error) ? new BackupMissing(`There is no ${name} in ${this.name}`) : unavailable(error);
    }
    return createReadStream(path);
  }

  list(): Promise<readonly PlacedFile[]> {
    return onDisk(async () => {
      const entries = await this.entries();
      const names = entries.flatMap((entry) => (entry.isFile() && !entry.name.endsWith(partial) ? entry.name : []));
      const files = await Promise.all(names.map(async (name) => ({ name, stats: await found(join(this.name, name)) })));
      return files.flatMap(({ name, stats }) => (stats ? { name, size: stats.size } : []));
    });
  }

  remove(name: string): Promise<void> {
    const path = this.pathOf(name);
    return onDisk(() => rm(path, { force: true }));
  }

  clean(): Promise<void> {
    return onDisk(async () => {
      for (const { name } of await this.entries()) {
        if (!name.endsWith(partial)) continue;
        const stats = await found(join(this.name, name));
        if (stats && Date.now() - stats.mtimeMs > abandonedAfterMs) await rm(join(this.name, name), { force: true });
      }
    });
  }

  /** None where there is no directory: to look at a place does not make it. */
  private async entries(): Promise<readonly Dirent[]> {
    try {
      return await readdir(this.name, { withFileTypes: true });
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  private pathOf(name: string): string {
    if (basename(name) !== name || name.startsWith('.')) throw new Error(`${name} is no name of a file`);
    return join(this.name, name);
  }
}

/** Tells what the writer's stream throws from what the disk does. */
class StreamFailed extends Error {}

async function* failuresOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    throw new StreamFailed('The stream failed', { cause: error });
  }
}

const found = (path: string) =>
  stat(path).catch((error: unknown) => (isMissing(error) ? undefined : Promise.reject(error)));

const onDisk = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await work();
  } catch (error) {
    throw unavailable(error);
  }
};

/** Only what the system says: what a check of the file throws is passed on. */
const unavailable = (error: unknown): unknown => {
  const { syscall, message } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  return new BackupPlaceUnavailable(`The backups cannot be written or read: ${message}`, { cause: error });
};

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
