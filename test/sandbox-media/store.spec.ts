import { createHash, randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { BlobStore } from '#lib/whatsapp-sandbox/media';
import { temporaryDirectory } from '../support/temporary-directory.js';

const idOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64url');
const limits = { blobBytes: 400, totalBytes: 1_000 };

const removals: (() => Promise<void>)[] = [];
const directory = async (): Promise<string> => {
  const { path, remove } = await temporaryDirectory();
  removals.push(remove);
  return path;
};
afterAll(() => Promise.all(removals.map((remove) => remove())));

const put = async (store: BlobStore, bytes: Uint8Array) => {
  await store.receive(idOf(bytes), [bytes]);
  return idOf(bytes);
};
const get = async (store: BlobStore, id: string) => {
  const blob = store.find(id);
  return blob && buffer(blob.read());
};

describe.each([
  ['in memory', () => BlobStore.open({ limits })],
  ['in a directory', async () => BlobStore.open({ limits, directory: await directory() })],
])('the blob store %s', (_where, open) => {
  it('returns stored blobs, whole or in part', async () => {
    const store = await open();
    const bytes = randomBytes(300);
    const id = await put(store, bytes);
    expect(await get(store, id)).toEqual(bytes);
    expect(await buffer(store.find(id)!.read({ start: 10, end: 19 }))).toEqual(bytes.subarray(10, 20));
    expect(await get(store, await put(store, Buffer.alloc(0)))).toEqual(Buffer.alloc(0));
    expect(store.find(idOf(Buffer.from('never put')))).toBeUndefined();
  });

  it('counts a blob once, however often it is stored', async () => {
    const store = await open();
    const bytes = randomBytes(300);
    await Promise.all([put(store, bytes), put(store, bytes), put(store, bytes)]);
    expect(store.used).toBe(300);
  });

  it('refuses blobs that are too large or do not match their id', async () => {
    const store = await open();
    await expect(put(store, randomBytes(401))).rejects.toMatchObject({ code: 'too_large' });
    await expect(store.receive(idOf(randomBytes(3)), [randomBytes(300)])).rejects.toMatchObject({
      code: 'hash_mismatch',
    });
    expect(store.used).toBe(0);
  });

  it('evicts the least recently used blob', async () => {
    const store = await open();
    const [first, second, third] = [randomBytes(400), randomBytes(400), randomBytes(400)];
    await put(store, first);
    await put(store, second);
    store.find(idOf(first));
    await put(store, third);
    expect([first, second, third].map((bytes) => store.find(idOf(bytes))?.size)).toEqual([400, undefined, 400]);
    expect(store.used).toBe(800);
  });

  it('never exceeds its limit, including uploads in progress, and accepts blobs again afterwards', async () => {
    const store = await open();
    let most = 0;
    async function* slowly(bytes: Uint8Array) {
      for (let at = 0; at < bytes.length; at += 50) {
        yield bytes.subarray(at, at + 50);
        most = Math.max(most, store.used);
      }
    }
    const uploads = Array.from({ length: 6 }, () => randomBytes(350)).map((bytes) =>
      store.receive(idOf(bytes), slowly(bytes)),
    );
    const failures = (await Promise.allSettled(uploads)).flatMap((r) =>
      r.status === 'rejected' ? [r.reason.code] : [],
    );
    expect(failures).toContain('store_full');
    expect(most).toBeLessThanOrEqual(limits.totalBytes);
    const bytes = randomBytes(400);
    expect(await get(store, await put(store, bytes))).toEqual(bytes);
  });

  it.each([
    ['at once', () => Promise.resolve()],
    ['soon', () => setImmediate()],
  ])('keeps a blob that is stored again while it is being evicted %s', async (_when, wait) => {
    async function* after(waits: number, bytes: Uint8Array) {
      for (let i = 0; i < waits; i += 1) await wait();
      yield bytes;
    }
    for (let waits = 0; waits < 30; waits += 1) {
      const store = await open();
      const [returning, other, pushing] = [randomBytes(200), randomBytes(400), randomBytes(400)];
      await put(store, returning);
      await Promise.all([
        put(store, returning),
        put(store, other),
        store.receive(idOf(pushing), after(waits, pushing)), // fits only after the first copy of `returning` was evicted
      ]);
      expect(await get(store, idOf(returning))).toEqual(returning);
    }
  });
});

describe('a blob directory', () => {
  it('is loaded again, without drafts, the oldest blobs first', async () => {
    const place = await directory();
    const before = await BlobStore.open({ directory: place, limits });
    const bytes = randomBytes(400);
    await put(before, bytes);
    await writeFile(join(place, 'left.part'), randomBytes(100));
    await writeFile(join(place, 'README'), 'not a blob');

    const after = await BlobStore.open({ directory: place, limits });
    expect(await get(after, idOf(bytes))).toEqual(bytes);
    expect(after.used).toBe(400);
    expect((await readdir(place)).sort()).toEqual(
      [Buffer.from(idOf(bytes), 'base64url').toString('hex'), 'README'].sort(),
    );

    const smaller = await BlobStore.open({ directory: place, limits: { totalBytes: 300 } });
    expect([smaller.used, smaller.find(idOf(bytes))]).toEqual([0, undefined]);
  });
});
