import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '#lib/ids';
import { EmptyFile, FileTooLarge, type StagedFile } from './port.js';
import { onDisk } from './on-disk.js';

/** Longer than any transfer pauses: a staged file that was not written to for this long belongs to a process that died. */
const abandonedAfterMs = 60 * 60 * 1000;

/** Where files are until it is known whose they are. */
export class Staging {
  constructor(private readonly directory: string) {}

  /** Removes what processes that died have left. */
  async open(): Promise<void> {
    await onDisk(async () => {
      await mkdir(this.directory, { recursive: true, mode: 0o700 });
      for (const name of await readdir(this.directory)) {
        const path = join(this.directory, name);
        const changed = await stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => Infinity,
        );
        if (Date.now() - changed > abandonedAfterMs) await rm(path, { force: true });
      }
    });
  }

  async stage(bytes: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StagedFile> {
    const path = join(this.directory, newId());
    const file = await onDisk(() => open(path, 'wx', 0o600));
    try {
      const written = await write(bytes, file, maxBytes);
      await onDisk(() => file.sync());
      return { ...written, path };
    } catch (error) {
      await this.discard({ path });
      throw error;
    } finally {
      await file.close();
    }
  }

  async discard({ path }: Pick<StagedFile, 'path'>): Promise<void> {
    await onDisk(() => rm(path, { force: true }));
  }
}

const write = async (
  bytes: AsyncIterable<Uint8Array>,
  file: FileHandle,
  maxBytes: number,
): Promise<Pick<StagedFile, 'sha256' | 'size'>> => {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new FileTooLarge(maxBytes);
    hash.update(chunk);
    await onDisk(() => file.appendFile(chunk));
  }
  if (size === 0) throw new EmptyFile();
  return { sha256: hash.digest('hex'), size };
};
