import { randomInt } from 'node:crypto';

const maxPaddingBytes = 16;

/** Appends 1 to 16 bytes, each of which holds their number. */
export function pad(message: Uint8Array): Buffer {
  const count = randomInt(1, maxPaddingBytes + 1);
  return Buffer.concat([message, Buffer.alloc(count, count)]);
}

/** Throws if the message is not padded. */
export function unpad(padded: Buffer): Buffer {
  const count = padded.at(-1) ?? 0;
  if (count === 0 || count > padded.length) throw new Error('message is not padded');
  return padded.subarray(0, padded.length - count);
}
