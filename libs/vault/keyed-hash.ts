import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MasterKey } from './master-key.js';

/** Recognizes values without storing them. Takes microseconds: for random secrets of at least 128 bits, never for passwords. */
export type KeyedHash = {
  /** 32 bytes. */
  of: (value: string) => Buffer;
  /** Takes the same time for any value. */
  matches: (value: string, hash: Uint8Array) => boolean;
};

/** A hash whose key is derived for one purpose. */
export const keyedHash = (master: MasterKey, purpose: string): KeyedHash => {
  const key = master.subkey(`hash/${purpose}`);
  const of = (value: string): Buffer => createHmac('sha256', key).update(value).digest();
  return {
    of,
    matches(value, hash) {
      const expected = of(value);
      return hash.length === expected.length && timingSafeEqual(expected, hash);
    },
  };
};
