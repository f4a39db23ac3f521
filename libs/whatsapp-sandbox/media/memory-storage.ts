import { Readable } from 'node:stream';
import type { ByteRange } from './range.js';
import type { BlobStorage } from './blob-storage.js';

const chunkBytes = 65_536;

/** Stores blobs in memory. */
export function memoryBlobStorage(): BlobStorage {
  const blobs = new Map<string, Buffer>();
  return {
    list: async () => [],
    draft: async () => {
      let chunks: Uint8Array[] = [];
      return {
        write: async (chunk) => void chunks.push(chunk),
        keep: async (id) => void blobs.set(id, Buffer.concat(chunks)),
        discard: async () => void (chunks = []),
      };
    },
    read: (id, range) => {
      const blob = blobs.get(id);
      return Readable.from(blob ? chunksOf(blob, range) : missing(id), { objectMode: false });
    },
    remove: async (id) => void blobs.delete(id),
  };
}

/** Yields chunks, so that a slow reader holds one chunk and not a copy of the blob. */
function* chunksOf(blob: Buffer, { start, end }: ByteRange): Generator<Buffer> {
  for (let at = start; at <= end; at += chunkBytes) yield blob.subarray(at, Math.min(at + chunkBytes, end + 1));
}

// oxlint-disable-next-line require-yield
function* missing(id: string): Generator<Buffer> {
  throw new Error(`blob ${id} does not exist`);
}
