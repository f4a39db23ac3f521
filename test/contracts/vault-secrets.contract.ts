import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MasterKey, type Secrets } from '#lib/vault';

/** Somewhere secrets can be kept: opened with a key and a clock (milliseconds), closed, opened again, and removed in the end. */
export type SecretsPlace = {
  open(key: MasterKey, now: () => number): Promise<Secrets>;
  /** All that a thief of the disk finds. */
  bytes(): Promise<Buffer>;
  remove(): Promise<void>;
};

const text = (secret: { readonly bytes: Buffer } | undefined): string | undefined => secret?.bytes.toString();
const unavailable = expect.objectContaining({ name: 'SecretsUnavailable' });

/** What every adapter of the secrets must do. */
export const secretsContract = (name: string, newPlace: () => Promise<SecretsPlace>): void => {
  describe(`secrets in ${name}`, () => {
    const key = new MasterKey(randomBytes(32));
    let place: SecretsPlace;
    let secrets: Secrets;
    let time: number;
    const now = (): number => time;
    const inSeconds = (seconds: number): string => new Date(time + seconds * 1000).toISOString();
    const reopen = async (): Promise<void> => {
      await secrets.close();
      secrets = await place.open(key, now);
    };

    beforeEach(async () => {
      time = Date.parse('2026-01-02T03:04:05.000Z');
      place = await newPlace();
      secrets = await place.open(key, now);
    });
    afterEach(async () => {
      await secrets.close();
      await place.remove();
    });

    it('are found again by kind and id, also after a restart', async () => {
      await secrets.put('password', 'a', Buffer.from('one'));
      await secrets.put('token', 'a', Buffer.from('two'), inSeconds(60));
      await secrets.put('password', 'a', Buffer.from('three'));
      await reopen();
      expect(text(await secrets.get('password', 'a'))).toBe('three');
      expect(await secrets.get('token', 'a')).toMatchObject({ bytes: Buffer.from('two'), expiresAt: inSeconds(60) });
      expect(await secrets.get('password', 'b')).toBeUndefined();
      expect(await secrets.list('token')).toEqual([{ id: 'a', expiresAt: inSeconds(60) }]);
    });

    it('are added only where there is none', async () => {
      expect(await secrets.add('token', 'a', Buffer.from('one'))).toBe(true);
      expect(await secrets.add('token', 'a', Buffer.from('two'))).toBe(false);
      expect(text(await secrets.get('token', 'a'))).toBe('one');
    });

    it('are replaced by one of those who saw the same revision', async () => {
      await secrets.put('family', 'a', Buffer.from('0'));
      const { revision } = (await secrets.get('family', 'a'))!;
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, index) => secrets.replace('family', 'a', revision, Buffer.from(`${index + 1}`))),
      );
      expect(results.filter(Boolean)).toHaveLength(1);
      expect(text(await secrets.get('family', 'a'))).toBe(`${results.indexOf(true) + 1}`);
    });

    it('are not replaced by one who saw a former life', async () => {
      await secrets.put('family', 'a', Buffer.from('old'));
      const { revision } = (await secrets.get('family', 'a'))!;
      await secrets.remove('family', 'a');
      expect(await secrets.replace('family', 'a', revision, Buffer.from('late'))).toBe(false);
      await reopen();
      await secrets.put('family', 'a', Buffer.from('new'));
      expect(await secrets.replace('family', 'a', revision, Buffer.from('late'))).toBe(false);
      expect(text(await secrets.get('family', 'a'))).toBe('new');
    });

    it('are taken once, however many reach for them', async () => {
      await secrets.put('ticket', 'a', Buffer.from('ride'));
      const taken = await Promise.all(Array.from({ length: 10 }, () => secrets.take('ticket', 'a')));
      expect(taken.map(text).filter(Boolean)).toEqual(['ride']);
      expect(await secrets.get('ticket', 'a')).toBeUndefined();
    });

    it('are gone when they are removed, and removing is harmless', async () => {
      await secrets.put('token', 'a', Buffer.from('one'));
      await secrets.remove('token', 'a');
      await secrets.remove('token', 'a');
      expect(await secrets.list('token')).toEqual([]);
    });

    it('are not there once they expired, and the sweep removes only those', async () => {
      await secrets.put('token', 'short', Buffer.from('one'), inSeconds(60));
      await secrets.put('token', 'long', Buffer.from('two'), inSeconds(61));
      await secrets.put('token', 'ever', Buffer.from('three'));
      const { revision } = (await secrets.get('token', 'short'))!;
      time += 60_000;
      expect(await secrets.get('token', 'short')).toBeUndefined();
      expect(await secrets.take('token', 'long')).toBeDefined();
      expect((await secrets.list('token')).map(({ id }) => id)).toEqual(['ever']);
      expect(await secrets.replace('token', 'short', revision, Buffer.from('late'))).toBe(false);
      expect(await secrets.sweep()).toBe(1);
      expect(await secrets.sweep()).toBe(0);
      expect(await secrets.add('token', 'short', Buffer.from('again'))).toBe(true);
    });

    it('open with the right key only', async () => {
      await secrets.put('password', 'a', Buffer.from('one'));
      await secrets.close();
      const other = await place.open(new MasterKey(randomBytes(32)), now);
      await expect(other.get('password', 'a')).rejects.toMatchObject({ name: 'VaultError', code: 'cannot_open' });
      await other.close();
    });

    it('do not lie open on the disk, nor after they were removed', async () => {
      const secret = 'a very recognizable secret';
      await secrets.put('password', 'a', Buffer.from(secret));
      await secrets.put('password', 'b', Buffer.from(secret));
      await secrets.remove('password', 'b');
      expect((await place.bytes()).includes(secret)).toBe(false);
      await secrets.close();
      expect((await place.bytes()).includes(secret)).toBe(false);
    });

    it('have one owner, and refuse service once closed', async () => {
      await expect(place.open(key, now)).rejects.toEqual(unavailable);
      await secrets.close();
      await expect(secrets.get('password', 'a')).rejects.toEqual(unavailable);
      await secrets.close();
    });
  });
};
