import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { translating } from '#lib/async';
import { UploadDiskUnavailable } from '../errors.js';
import { piecesOf } from './file-pieces.js';

/**
 * A file that has no name: nothing is left of it once it is closed, or the process ends, in whatever way. All of it fails with
 * `UploadDiskUnavailable` where the disk does.
 */
export type ScratchFile = {
  /** Behind what was written before. */
  readonly write: (chunk: Uint8Array) => Promise<void>;
  /** In bytes. */
  readonly size: () => number;
  /** From the beginning. A piece holds its bytes until the next is asked for. */
  readonly read: () => AsyncGenerator<Uint8Array>;
  readonly close: () => Promise<void>;
};

export const openScratchFile = async (directory: string): Promise<ScratchFile> => {
  const file = await onDisk(withoutName(directory));
  let size = 0;
  return {
    write: async (chunk) => {
      for (let written = 0; written < chunk.length;) {
        const { bytesWritten } = await onDisk(file.write(chunk, written, chunk.length - written, size));
        written += bytesWritten;
        size += bytesWritten;
      }
    },
    size: () => size,
    read: async function* () {
      try {
        yield* piecesOf(file);
      } catch (error) {
        throw unavailable(error);
      }
    },
    close: () => file.close(),
  };
};

const withoutName = async (directory: string): Promise<FileHandle> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `${randomUUID()}.tmp`);
  const file = await open(path, 'wx+', 0o600);
  await rm(path);
  return file;
};

const unavailable = (error: unknown): UploadDiskUnavailable => {
  const { code, message } = error as NodeJS.ErrnoException;
  return new UploadDiskUnavailable(`Uploads cannot be prepared on the disk: ${code ?? message}`, { cause: error });
};

const onDisk = translating(unavailable);
