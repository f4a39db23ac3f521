import { VaultError } from './errors.js';
import { keyedHash } from './keyed-hash.js';
import type { MasterKey } from './master-key.js';

/** The place in a sealed store for the value by which its key is recognized. It survives a power cut once written. */
export type KeyCheckSlot = {
  read(): Promise<Uint8Array | undefined>;
  /** Where several processes have the store: leaves one that another of them has written meanwhile. */
  write(value: Uint8Array): Promise<void>;
};

/** How a sealed store is opened. */
export type KeyCheck = {
  /** What an operator knows the store by, such as its file. */
  readonly store: string;
  readonly key: MasterKey;
  /** Whether the store may be a new one. If not, one without a check value has lost its content. */
  readonly mayBeNew: boolean;
};

const whatToDo =
  'Put it back or restore a backup; if it is lost: npm run admin -- renew secrets.db, or credentials.db, whichever it is';

/**
 * Makes sure that a store is sealed with this key, and that it is there: every sealed store does this when it is opened. A new store gets
 * its check value, which reveals nothing about the key.
 * @throws {VaultError} `wrong_key`, `missing_store`
 */
export const checkKey = async ({ store, key, mayBeNew }: KeyCheck, slot: KeyCheckSlot): Promise<void> => {
  const hash = keyedHash(key, 'key-check');
  let stored = await slot.read();
  if (stored === undefined) {
    if (!mayBeNew)
      throw new VaultError('missing_store', `${store} is missing or empty, but the log needs it. ${whatToDo}`);
    await slot.write(hash.of('master key'));
    stored = await slot.read();
  }
  if (!stored || !hash.matches('master key', stored)) {
    const given = 'the one that WAYBILL_MASTER_KEY or the file master.key gives';
    throw new VaultError(
      'wrong_key',
      `${store} is sealed with another master key than ${given}. Put the right one back`,
    );
  }
};
