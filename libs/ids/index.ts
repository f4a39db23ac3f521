import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const size = 16;
/** Asking the system for randomness costs more than all the rest of an id, so that it is asked for many at a time. */
const pool = Buffer.alloc(256 * size);
let used = pool.length;

const randomBytes = (): Buffer => {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool.subarray(used, (used += size));
};

const mostInSequence = 2 ** 32 - 1;
let last = 0;
let sequence = 0;

/** A new UUIDv7, later in order than every one that this thread made before. */
export const newId = (): string => {
  const random = randomBytes();
  const now = Date.now();
  if (now > last) {
    last = now;
    sequence = random.readUInt32BE(6) >>> 1; // leaves room for as many again in the same millisecond
  } else if (sequence === mostInSequence) {
    last += 1;
    sequence = 0;
  } else {
    sequence += 1;
  }
  return v7({ random, msecs: last, seq: sequence });
};
