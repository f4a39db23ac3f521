import { Readable } from 'node:stream';
import type { ByteRange } from './range.js';
import type { Shelf } from './shelf.js';

const PIECE_BYTES = 65_536;

/** Keeps blobs until the process ends. */
export function memoryShelf(): Shelf {
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
      return Readable.from(blob ? pieces(blob, range) : gone(id), { objectMode: false });
    },
    remove: async (id) => void blobs.delete(id),
  };
}

/** In pieces, so that a slow reader costs one piece and not a copy of the whole. */
function* pieces(blob: Buffer, { start, end }: ByteRange): Generator<Buffer> {
  for (let at = start; at <= end; at += PIECE_BYTES) yield blob.subarray(at, Math.min(at + PIECE_BYTES, end + 1));
}

// oxlint-disable-next-line require-yield
function* gone(id: string): Generator<Buffer> {
  throw new Error(`The blob ${id} is gone`);
}
