import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MasterKey } from '#lib/vault';

/** A sealed store for tests; may be opened again once it is closed. */
export type SealedStoreFixture = {
  open(key: MasterKey, mayBeNew: boolean): Promise<{ close(): Promise<void> }>;
  /** Removes all that was stored. */
  lose(): Promise<void>;
  remove(): Promise<void>;
};

const code = (code: string) => expect.objectContaining({ name: 'VaultError', code });

/** What every store that is sealed with the master key does when it is opened. */
export const sealedStoreContract = (name: string, newFixture: () => Promise<SealedStoreFixture>): void => {
  describe(`the key of ${name}`, () => {
    const key = new MasterKey(randomBytes(32));
    const other = new MasterKey(randomBytes(32));
    let fixture: SealedStoreFixture;
    const openAndClose = async (by: MasterKey, mayBeNew = true): Promise<void> => {
      await (await fixture.open(by, mayBeNew)).close();
    };

    beforeEach(async () => {
      fixture = await newFixture();
    });
    afterEach(() => fixture.remove());

    it('opens the store again', async () => {
      await openAndClose(key);
      await openAndClose(key);
      await expect(openAndClose(key, false)).resolves.toBeUndefined();
    });

    it('is the only one that does, even if nothing else was stored; another one changes nothing', async () => {
      await openAndClose(key);
      await expect(openAndClose(other)).rejects.toEqual(code('wrong_key'));
      await expect(openAndClose(other, false)).rejects.toEqual(code('wrong_key'));
      await openAndClose(key, false);
    });

    it('does not open a store that is missing', async () => {
      await expect(openAndClose(key, false)).rejects.toEqual(code('missing_store'));
      await expect(openAndClose(key, false)).rejects.toEqual(code('missing_store'));
    });

    it('does not open a store that has lost its content', async () => {
      await openAndClose(key);
      await fixture.lose();
      await expect(openAndClose(key, false)).rejects.toEqual(code('missing_store'));
    });
  });
};
