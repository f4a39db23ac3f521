import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { MasterKey } from '#lib/vault';
import { cachedCredentials, sealedCredentials, type CredentialStore } from '#lib/whatsapp/baileys';

/** A storage of credentials for tests; may be opened several times. */
export type CredentialsFixture = {
  open(): Promise<CredentialStore>;
  /** All bytes on disk. */
  bytes(): Promise<Buffer>;
  remove(): Promise<void>;
};

const bytes = (text: string): Uint8Array => Buffer.from(text);
const entry = (type: string, id: string, text: string | null) => ({
  type,
  id,
  value: text === null ? null : bytes(text),
});
const unavailable = expect.objectContaining({ name: 'CredentialsUnavailable' });

/** The contract of the credential store, for every adapter; plain, sealed and cached. */
export const credentialsContract = (name: string, newFixture: () => Promise<CredentialsFixture>): void => {
  const key = new MasterKey(randomBytes(32));
  describe.each([
    ['', (store: CredentialStore) => store],
    [', sealed', (store: CredentialStore) => sealedCredentials(store, key)],
    [', sealed and cached', (store: CredentialStore) => cachedCredentials(sealedCredentials(store, key))],
  ])(`credentials in ${name}%s`, (_, wrapped) => {
    let fixture: CredentialsFixture;
    let store: CredentialStore;
    const read = async (session: string, type: string, ...ids: string[]) =>
      Object.fromEntries(
        Array.from(await store.read(session, type, ids), ([id, value]) => [id, Buffer.from(value).toString()]),
      );
    const reopen = async (): Promise<void> => {
      await store.close();
      store = wrapped(await fixture.open());
    };

    beforeEach(async () => {
      fixture = await newFixture();
      store = wrapped(await fixture.open());
    });
    afterEach(async () => {
      await store.close();
      await fixture.remove();
    });

    it('are read by session, type and id, also after a restart', async () => {
      await store.write(
        'a',
        [entry('creds', '', 'ca'), entry('session', '1', 'sa1'), entry('pre-key', '1', 'pa1')],
        'power_cut',
      );
      await store.write('b', [entry('session', '1', 'sb1')], 'crash');
      await reopen();
      expect(await read('a', 'session', '1', '2')).toEqual({ '1': 'sa1' });
      expect(await read('a', 'pre-key', '1')).toEqual({ '1': 'pa1' });
      expect(await read('b', 'session', '1')).toEqual({ '1': 'sb1' });
      expect(await read('c', 'session', '1')).toEqual({});
    });

    it('are visible as soon as they are written, before they are on disk', async () => {
      await store.write('a', [entry('session', '1', 'old'), entry('session', '2', 'old')], 'crash');
      const writing = Promise.all([
        store.write('a', [entry('session', '1', 'new'), entry('session', '2', null)], 'crash'),
        store.write('a', [entry('session', '1', 'newer')], 'power_cut'),
      ]);
      expect(await read('a', 'session', '1', '2')).toEqual({ '1': 'newer' });
      await writing;
      expect(await read('a', 'session', '1', '2')).toEqual({ '1': 'newer' });
    });

    it('keep the last of many writes', async () => {
      const write = fc.record({
        session: fc.constantFrom('a', 'b'),
        entries: fc.array(
          fc.record({
            type: fc.constantFrom('session', 'creds'),
            id: fc.constantFrom('1', '2', 'ü:1@x'),
            value: fc.option(fc.uint8Array({ maxLength: 40 })),
          }),
          { maxLength: 4 },
        ),
        survives: fc.constantFrom('crash' as const, 'power_cut' as const),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(write, { maxLength: 12 }), async (writes) => {
          await Promise.all([store.remove('a'), store.remove('b')]);
          const expected = new Map<string, Buffer>();
          const done = writes.map(({ session, entries, survives }) => {
            for (const { type, id, value } of entries) {
              const at = `${session} ${type} ${id}`;
              if (value) expected.set(at, Buffer.from(value));
              else expected.delete(at);
            }
            return store.write(session, entries, survives);
          });
          const check = async (): Promise<void> => {
            for (const session of ['a', 'b']) {
              for (const type of ['session', 'creds']) {
                const found = await store.read(session, type, ['1', '2', 'ü:1@x']);
                for (const id of ['1', '2', 'ü:1@x']) {
                  const value = found.get(id);
                  expect(value && Buffer.from(value)).toEqual(expected.get(`${session} ${type} ${id}`));
                }
              }
            }
          };
          await check();
          await Promise.all(done);
          await check();
        }),
        { numRuns: 20 },
      );
    });

    it('of a session are removed as a whole, and later ones stay', async () => {
      await store.write('a', [entry('creds', '', 'ca'), entry('session', '1', 'sa1')], 'crash');
      await store.write('b', [entry('creds', '', 'cb')], 'crash');
      const removal = store.remove('a');
      const again = store.write('a', [entry('creds', '', 'new')], 'crash');
      await Promise.all([removal, again]);
      await reopen();
      expect(await read('a', 'creds', '')).toEqual({ '': 'new' });
      expect(await read('a', 'session', '1')).toEqual({});
      await store.remove('a');
      await store.remove('a');
      expect(await store.sessions()).toEqual(['b']);
    });

    it('keep arrivals in order until they are handled or their session is removed', async () => {
      const arrived = async (session: string) =>
        (await store.arrivals(session)).map(({ number, value }) => [number, Buffer.from(value).toString()]);
      const arrival = (number: number, text: string | null) => ({ number, value: text === null ? null : bytes(text) });
      const writing = Promise.all([
        store.write('a', [entry('session', '1', 'used')], 'power_cut', [arrival(10, 'ten')]),
        store.write('a', [], 'crash', [arrival(9, 'nine'), arrival(11, 'eleven')]),
        store.write('b', [], 'crash', [arrival(9, 'other')]),
        store.write('a', [], 'crash', [arrival(10, null), arrival(9, 'nine, more'), arrival(7, null)]),
      ]);
      const expected = [
        [9, 'nine, more'],
        [11, 'eleven'],
      ];
      expect(await arrived('a')).toEqual(expected);
      await writing;
      await reopen();
      expect(await arrived('a')).toEqual(expected);
      expect(await read('a', 'session', '1')).toEqual({ '1': 'used' });
      await store.remove('a');
      expect(await arrived('a')).toEqual([]);
      expect(await arrived('b')).toEqual([[9, 'other']]);
    });

    it('list the sessions that have any', async () => {
      await store.write('a', [entry('session', '1', 'sa1')], 'crash');
      const writing = store.write('b', [entry('creds', '', 'cb')], 'crash');
      expect(await store.sessions()).toEqual(['b']);
      await writing;
    });

    it('have one owner, finish pending writes on close, and reject later calls', async () => {
      await expect(fixture.open()).rejects.toEqual(unavailable);
      const last = store.write('a', [entry('creds', '', 'last')], 'crash');
      const closed = store.close();
      await expect(store.read('a', 'creds', ['other'])).rejects.toEqual(unavailable);
      await expect(store.write('a', [entry('creds', '', 'late')], 'crash')).rejects.toEqual(unavailable);
      await closed;
      await last;
      store = wrapped(await fixture.open());
      expect(await read('a', 'creds', '')).toEqual({ '': 'last' });
    });
  });

  describe(`sealed credentials in ${name}`, () => {
    it('reveal neither keys nor phone numbers on disk, and open only with the right key', async () => {
      const fixture = await newFixture();
      const plain = await fixture.open();
      const store = sealedCredentials(plain, key);
      const arrival = { number: 1, value: bytes('a recognizable message') };
      await store.write('a', [entry('session', '491701234567.0', 'a recognizable key')], 'power_cut', [arrival]);
      const found = (await fixture.bytes()).toString('latin1');
      expect(found).not.toContain('recognizable');
      expect(found).not.toContain('491701234567');

      const stranger = sealedCredentials(plain, new MasterKey(randomBytes(32)));
      expect(await stranger.read('a', 'session', ['491701234567.0'])).toEqual(new Map());
      await expect(stranger.arrivals('a')).rejects.toThrow();
      await plain.close();
      await fixture.remove();
    });
  });
};
