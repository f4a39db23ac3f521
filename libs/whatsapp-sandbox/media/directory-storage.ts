import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStorage } from './blob-storage.js';

const blobFileName = /^[0-9a-f]{64}$/;
const draftSuffix = '.part';

/** Stores each blob as a file named by its hash. For one process at a time: deletes drafts left by an earlier one. */
export async function directoryBlobStorage(directory: string): Promise<BlobStorage> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const leftovers = (await readdir(directory)).filter((name) => name.endsWith(draftSuffix));
  await Promise.all(leftovers.map((name) => rm(join(directory, name), { force: true })));
  // Hexadecimal, because some file systems are case-insensitive.
  const pathOf = (id: string) => join(directory, Buffer.from(id, 'base64url').toString('hex'));

  return {
    list: async () => {
      const names = (await readdir(directory)).filter((name) => blobFileName.test(name));
      const files = await Promise.all(
        names.map(async (name) => {
          const { size, mtimeMs } = await stat(join(directory, name));
          return { id: Buffer.from(name, 'hex').toString('base64url'), size, mtimeMs };
        }),
      );
      return files.sort((a, b) => a.mtimeMs - b.mtimeMs);
    },
    draft: async () => {
      const path = join(directory, `${randomUUID()}${draftSuffix}`);
      const file = await open(path, 'wx', 0o600);
      return {
        write: (chunk) => file.writeFile(chunk),
        keep: async (id) => {
          await file.close();
          await rename(path, pathOf(id));
        },
        discard: async () => {
          await file.close();
          await rm(path, { force: true });
        },
      };
    },
    read: (id, range) => createReadStream(pathOf(id), range),
    remove: (id) => rm(pathOf(id), { force: true }),
  };
}
