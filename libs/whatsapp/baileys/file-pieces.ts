import type { FileHandle } from 'node:fs/promises';

export const isOpenFile = (file: AsyncIterable<Uint8Array> | FileHandle): file is FileHandle =>
  !(Symbol.asyncIterator in file);

const pieceBytes = 512 * 1024;

/**
 * An open file from its beginning, the next piece read ahead. **A piece holds its bytes until the one after it is asked for**: two buffers
 * take turns, since each one that is new and soon given up brings the next collection of the whole heap nearer.
 */
export async function* piecesOf(file: FileHandle): AsyncGenerator<Uint8Array> {
  let [buffer, next] = [Buffer.allocUnsafeSlow(pieceBytes), Buffer.allocUnsafeSlow(pieceBytes)];
  let reading = file.read(buffer, 0, pieceBytes, 0);
  try {
    for (let position = 0; ;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      position += bytesRead;
      const piece = buffer.subarray(0, bytesRead);
      [buffer, next] = [next, buffer];
      reading = file.read(buffer, 0, pieceBytes, position);
      reading.catch(() => undefined); // it is awaited later
      yield piece;
    }
  } finally {
    await reading.catch(() => undefined);
  }
}
