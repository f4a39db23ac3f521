import { createHash, randomFillSync } from 'node:crypto';
import { stringify, v7 } from 'uuid';

const idBytes = 16;
/** Random bytes are drawn many at a time: asking the system costs more than the rest of an id. */
const pool = Buffer.alloc(256 * idBytes);
let used = pool.length;

const randomBytes = (): Buffer => {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool.subarray(used, (used += idBytes));
};

/** A UUID of version 8 made from the first bytes of a hash: always the same for the same. */
export const idFromHash = (hash: Uint8Array): string => {
  const bytes = Buffer.from(hash.subarray(0, idBytes));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return stringify(bytes);
};

/** The same of all parts together: `['a', 'b']` and `['ab']` differ. */
export const idFromParts = (parts: readonly (string | null)[]): string =>
  idFromHash(createHash('sha256').update(JSON.stringify(parts)).digest());

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** As ids are kept: UUIDs of any version, in lower case. Undefined where the text is none. */
export const parseId = (text: string): string | undefined => {
  const id = text.toLowerCase();
  return uuid.test(id) ? id : undefined;
};

const maxSequence = 2 ** 32 - 1;
let last = 0;
let sequence = 0;

/** A new UUIDv7, which sorts after all earlier ones of this thread. */
export const newId = (): string => {
  const random = randomBytes();
  const now = Date.now();
  if (now > last) {
    last = now;
    sequence = random.readUInt32BE(6) >>> 1; // leaves room for at least 2^31 more ids in the same millisecond
  } else if (sequence === maxSequence) {
    last += 1;
    sequence = 0;
  } else {
    sequence += 1;
  }
  return v7({ random, msecs: last, seq: sequence });
};
