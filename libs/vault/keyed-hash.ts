import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MasterKey } from './master-key.js';

/** Recognizes values without keeping them. Takes microseconds: for random secrets of 128 bits and more, never for passwords. */
export type KeyedHash = {
  /** 32 bytes. */
  of: (value: string) => Buffer;
  /** Takes as long for a nearly right value as for a wrong one. */
  matches: (value: string, hash: Uint8Array) => boolean;
};

/** A hash with a key of its own for one purpose. */
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
