import { hmacSha256 } from './cipher.js';
import { maxShortHmacBytes, ShortHmac } from './short-hmac.js';

const blockBytes = 32;
const zeroSalt = Buffer.alloc(blockBytes);

/**
 * HKDF-SHA-256 (RFC 5869) with a 32-byte salt, zeros by default, and an info of at most 22 bytes. Faster than Node's for such input, of
 * which Signal needs some for each message.
 */
export function shortHkdf(secret: Uint8Array, length: number, info: Uint8Array, salt: Uint8Array = zeroSalt): Buffer {
  const pseudoRandomKey =
    secret.length <= maxShortHmacBytes ? new ShortHmac(salt).digest(secret) : hmacSha256(salt, secret);
  const hmac = new ShortHmac(pseudoRandomKey);
  const input = Buffer.alloc(blockBytes + info.length + 1); // previous block, info, counter
  input.set(info, blockBytes);
  const blocks: Buffer[] = [];
  for (let counter = 1; (counter - 1) * blockBytes < length; counter++) {
    input[input.length - 1] = counter;
    const block = hmac.digest(counter === 1 ? input.subarray(blockBytes) : input);
    input.set(block);
    blocks.push(block);
  }
  return Buffer.concat(blocks, length);
}
