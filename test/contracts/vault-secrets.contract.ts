import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MasterKey, type Secrets } from '#lib/vault';

/** A storage of secrets for tests; may be opened several times. `now` is in milliseconds. */
export type SecretsFixture = {
  open(key: MasterKey, now: () => number, mayBeNew: boolean): Promise<Secrets>;
  /** All bytes on disk. */
  bytes(): Promise<Buffer>;
  remove(): Promise<void>;
};

const text = (secret: { readonly bytes: Buffer } | undefined): string | undefined => secret?.bytes.toString();
const unavailable = expect.objectContaining({ name: 'SecretsUnavailable' });

/** The contract of the secrets, for every adapter. */
export const secretsContract = (name: string, newFixture: () => Promise<SecretsFixture>): void => {
  describe(`secrets in ${name}`, () => {
    const key = new MasterKey(randomBytes(32));
    let fixture: SecretsFixture;
    let secrets: Secrets;
    let time: number;
    const now = (): number => time;
    const inSeconds = (seconds: number): string => new Date(time + seconds * 1000).toISOString();
    const reopen = async (): Promise<void> => {
      await secrets.close();
      secrets = await fixture.open(key, now, true);
    };

    beforeEach(async () => {
      time = Date.parse('2026-01-02T03:04:05.000Z');
      fixture = await newFixture();
      secrets = await fixture.open(key, now, true);
    });
    afterEach(async () => {
      await secrets.close();
      await fixture.remove();
    });

    it('are found by kind and id, also after a restart', async () => {
      await secrets.put('password', 'a', Buffer.from('one'));
      await secrets.put('token', 'a', Buffer.from('two'), inSeconds(60));
      await secrets.put('password', 'a', Buffer.from('three'));
      await reopen();
      expect(text(await secrets.get('password', 'a'))).toBe('three');
      expect(await secrets.get('token', 'a')).toMatchObject({ bytes: Buffer.from('two'), expiresAt: inSeconds(60) });
      expect(await secrets.get('password', 'b')).toBeUndefined();
      expect(await secrets.list('token')).toEqual([{ id: 'a', expiresAt: inSeconds(60) }]);
    });

    it('are added only if there is none', async () => {
      expect(await secrets.add('token', 'a', Buffer.from('one'))).toBe(true);
      expect(await secrets.add('token', 'a', Buffer.from('two'))).toBe(false);
      expect(text(await secrets.get('token', 'a'))).toBe('one');
    });

    it('are replaced by only one of the callers with the same revision', async () => {
      await secrets.put('family', 'a', Buffer.from('0'));
      const { revision } = (await secrets.get('family', 'a'))!;
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, index) => secrets.replace('family', 'a', revision, Buffer.from(`${index + 1}`))),
      );
      expect(results.filter(Boolean)).toHaveLength(1);
      expect(text(await secrets.get('family', 'a'))).toBe(`${results.indexOf(true) + 1}`);
    });

    it('are not replaced with the revision of a removed secret', async () => {
      await secrets.put('family', 'a', Buffer.from('old'));
      const { revision } = (await secrets.get('family', 'a'))!;
      await secrets.remove('family', 'a');
      expect(await secrets.replace('family', 'a', revision, Buffer.from('late'))).toBe(false);
      await reopen();
      await secrets.put('family', 'a', Buffer.from('new'));
      expect(await secrets.replace('family', 'a', revision, Buffer.from('late'))).toBe(false);
      expect(text(await secrets.get('family', 'a'))).toBe('new');
    });

    it('are taken once, however many callers try', async () => {
      await secrets.put('ticket', 'a', Buffer.from('ride'));
      const taken = await Promise.all(Array.from({ length: 10 }, () => secrets.take('ticket', 'a')));
      expect(taken.map(text).filter(Boolean)).toEqual(['ride']);
      expect(await secrets.get('ticket', 'a')).toBeUndefined();
    });

    it('can be removed, and removed again', async () => {
      await secrets.put('token', 'a', Buffer.from('one'));
      await secrets.remove('token', 'a');
      await secrets.remove('token', 'a');
      expect(await secrets.list('token')).toEqual([]);
    });

    it('are not visible once expired, and the sweep removes only those', async () => {
      await secrets.put('token', 'short', Buffer.from('one'), inSeconds(60));
      await secrets.put('token', 'long', Buffer.from('two'), inSeconds(61));
      await secrets.put('token', 'ever', Buffer.from('three'));
      const { revision } = (await secrets.get('token', 'short'))!;
      time += 60_000;
      expect(await secrets.get('token', 'short')).toBeUndefined();
      expect(await secrets.take('token', 'long')).toBeDefined();
      expect((await secrets.list('token')).map(({ id }) => id)).toEqual(['ever']);
      expect(await secrets.replace('token', 'short', revision, Buffer.from('late'))).toBe(false);
      await secrets.put('ticket', 'short', Buffer.from('four'), new Date(time).toISOString());
      expect(await secrets.sweep()).toEqual({ token: 1, ticket: 1 });
      expect(await secrets.sweep()).toEqual({});
      await secrets.maintain();
      expect(await secrets.add('token', 'short', Buffer.from('again'))).toBe(true);
    });

    it('are never on disk in plain, even after they were removed', async () => {
      const secret = 'a very recognizable secret';
      await secrets.put('password', 'a', Buffer.from(secret));
      await secrets.put('password', 'b', Buffer.from(secret));
      await secrets.remove('password', 'b');
      expect((await fixture.bytes()).includes(secret)).toBe(false);
      await secrets.close();
      expect((await fixture.bytes()).includes(secret)).toBe(false);
    });

    it('have one owner, and reject calls once closed', async () => {
      await expect(fixture.open(key, now, true)).rejects.toEqual(unavailable);
      await secrets.close();
      await expect(secrets.get('password', 'a')).rejects.toEqual(unavailable);
      await secrets.close();
    });
  });
};
