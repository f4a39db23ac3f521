import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { BackupMissing, BackupPlaceUnavailable, type BackupPlace } from '#lib/backup-places';
import { openBackupDirectory } from '#lib/backup-places/directory';
import { openBackupBucket } from '#lib/backup-places/s3';
import { S3Server } from '../support/s3-server/server.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

type Opened = {
  readonly place: BackupPlace;
  /** All names that are there, whole or not. */
  readonly everything: () => Promise<readonly string[]>;
  readonly end: () => Promise<void>;
};

const bucketSettings = (server: S3Server) => ({
  bucket: server.bucket,
  region: server.region,
  endpoint: `http://127.0.0.1:${server.port}`,
  ...server.key,
  forcePathStyle: true,
  prefix: 'shared/backups',
});

const places: { readonly [kind: string]: () => Promise<Opened> } = {
  directory: async () => {
    const { path, remove } = await temporaryDirectory();
    const place = openBackupDirectory(join(path, 'backups'));
    return { place, everything: () => readdir(join(path, 'backups')), end: remove };
  },
  bucket: async () => {
    const server = await S3Server.start({ pageSize: 2 });
    const place = openBackupBucket(bucketSettings(server));
    const everything = async () => [...server.content.objects.keys(), ...server.content.uploads.keys()];
    return { place, everything, end: () => server.stop() };
  },
};

const content = randomBytes(20_000_000);
async function* chunks(bytes = content, failure?: Error): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1_000_000) yield bytes.subarray(at, at + 1_000_000);
  if (failure) throw failure;
}

describe.each(Object.keys(places))('a %s of backups', (kind) => {
  let opened: Opened;
  let place: BackupPlace;

  beforeEach(async () => {
    opened = await (places[kind] as () => Promise<Opened>)();
    ({ place } = opened);
  });
  afterEach(() => opened.end());

  it('gives back what was written, and lists it', async () => {
    await place.write('a.age', chunks());
    await place.write('a.json', chunks(Buffer.from('{}')));
    await place.write('b.json', chunks(Buffer.from('[]')));
    expect((await buffer(await place.read('a.age'))).equals(content)).toBe(true);
    expect([...(await place.list())].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'a.age', size: content.length },
      { name: 'a.json', size: 2 },
      { name: 'b.json', size: 2 },
    ]);
  });

  it('lets it be verified before it counts, and keeps nothing that does not pass', async () => {
    let seen: Buffer | undefined;
    await place.write('good', chunks(), async (read) => void (seen = await buffer(await read())));
    expect(seen?.equals(content)).toBe(true);
    const refused = place.write('bad', chunks(), () => Promise.reject(new Error('It is not the same')));
    await expect(refused).rejects.toThrow('It is not the same');
    expect((await opened.everything()).filter((name) => name.includes('bad'))).toEqual([]);
  });

  it('keeps nothing of a stream that fails, however much came', async () => {
    for (const bytes of [Buffer.from('little'), content])
      await expect(place.write('cut', chunks(bytes, new Error('The source failed')))).rejects.toThrow(
        'The source failed',
      );
    expect(await opened.everything()).toEqual([]);
  });

  it('removes what is there, and does nothing about what is not', async () => {
    await place.write('a', chunks(Buffer.from('a')));
    await place.remove('a');
    await place.remove('a');
    expect(await place.list()).toEqual([]);
    await expect(place.read('a')).rejects.toThrow(BackupMissing);
  });
});

describe('a directory of backups', () => {
  it('is for its owner only, and forgets what a writer left who died', async () => {
    const { path, remove } = await temporaryDirectory();
    const place = openBackupDirectory(join(path, 'backups'));
    await place.write('a', chunks(Buffer.from('a')));
    for (const file of ['', 'a']) expect((await stat(join(path, 'backups', file))).mode & 0o077).toBe(0);
    const [old, fresh] = [join(path, 'backups', 'old.partial'), join(path, 'backups', 'fresh.partial')];
    for (const file of [old, fresh]) await writeFile(file, 'x');
    const longAgo = new Date(Date.now() - 48 * 60 * 60 * 1000);
    await utimes(old, longAgo, longAgo);
    expect((await place.list()).map(({ name }) => name)).toEqual(['a']);
    await place.clean();
    expect((await readdir(join(path, 'backups'))).sort()).toEqual(['a', 'fresh.partial']);
    await remove();
  });

  it('is created by the first write, not by reading', async () => {
    const { path, remove } = await temporaryDirectory();
    const place = openBackupDirectory(join(path, 'disk', 'backups'));
    await place.clean();
    await place.remove('a');
    expect(await place.list()).toEqual([]);
    await expect(place.read('a')).rejects.toThrow(BackupMissing);
    expect(await readdir(path)).toEqual([]);
    await place.write('a', chunks(Buffer.from('a')));
    expect(await place.list()).toEqual([{ name: 'a', size: 1 }]);
    await remove();
  });

  it('says what the disk says', async () => {
    const { path, remove } = await temporaryDirectory();
    await writeFile(join(path, 'file'), '');
    const place = openBackupDirectory(join(path, 'file', 'backups'));
    for (const refused of [place.list(), place.write('a', chunks())])
      await expect(refused).rejects.toThrow(BackupPlaceUnavailable);
    await remove();
  });
});

describe('a bucket of backups', () => {
  it('is unavailable while the server is away, and shows no key in what it says', async () => {
    const server = await S3Server.start();
    const place = openBackupBucket({ ...bucketSettings(server), secretAccessKey: 'wrong' });
    const refusal = await place.list().catch((error: unknown) => error as Error);
    expect(refusal).toBeInstanceOf(BackupPlaceUnavailable);
    expect(JSON.stringify(refusal, Object.getOwnPropertyNames(refusal))).not.toContain(server.key.accessKeyId);
    const good = openBackupBucket(bucketSettings(server));
    await server.stop();
    await expect(good.write('a', chunks())).rejects.toThrow(BackupPlaceUnavailable);
  });
});
