import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { ArchiveDamaged, identitiesIn, InvalidKey, isRecipient, pack, unpack } from './index.js';

let root: string;
let from: string;
let to: string;
let identity: string;
let recipient: string;
const large = randomBytes(3_000_000);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'archive-'));
  [from, to] = [join(root, 'from'), join(root, 'to')];
  for (const directory of [from, to]) await mkdir(directory);
  await mkdir(join(from, 'media', 'a'), { recursive: true });
  await writeFile(join(from, 'large'), large);
  await writeFile(join(from, 'media', 'a', 'small'), 'a secret sentence');
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
});

afterEach(() => rm(root, { recursive: true }));

const packed = (names = ['large', 'media']) => buffer(pack(from, names, [recipient]));
const opened = (bytes: Buffer, keys = [identity], isExpected = (_path: string) => true) =>
  unpack(Readable.from([bytes]), keys, to, isExpected);

describe('a sealed archive', () => {
  it('gives back every file, for its owner only', async () => {
    await opened(await packed());
    expect((await readFile(join(to, 'large'))).equals(large)).toBe(true);
    expect(await readFile(join(to, 'media', 'a', 'small'), 'utf8')).toBe('a secret sentence');
    for (const path of ['large', 'media', 'media/a/small']) expect((await stat(join(to, path))).mode & 0o077).toBe(0);
  });

  it('shows nothing of what is in it', async () => {
    const bytes = await packed();
    expect(bytes.includes('a secret sentence')).toBe(false);
    expect(bytes.subarray(0, 21).toString()).toBe('age-encryption.org/v1');
  });

  it('is for each of its keys, and for no other', async () => {
    const other = await generateX25519Identity();
    const both = await buffer(pack(from, ['media'], [recipient, await identityToRecipient(other)]));
    await opened(both, [other]);
    await expect(opened(await packed(), [other])).rejects.toThrow(ArchiveDamaged);
  });

  it('is refused where it was cut off, at any place, or a bit was changed', async () => {
    const bytes = await packed();
    for (const length of [0, 10, 300, 70_000, bytes.length - 65_552, bytes.length - 1])
      await expect(opened(bytes.subarray(0, length))).rejects.toThrow(ArchiveDamaged);
    const changed = Buffer.from(bytes);
    changed[bytes.length - 100_000]! ^= 1;
    await expect(opened(changed)).rejects.toThrow(ArchiveDamaged);
  });

  it('leaves out what is not expected, and what is no file', async () => {
    await symlink('/etc/passwd', join(from, 'link'));
    await opened(await packed(['large', 'media', 'link']), [identity], (path) => !path.startsWith('large'));
    expect((await readdir(to)).sort()).toEqual(['media']);
  });

  it('cannot be made of what is not there', async () => {
    await expect(packed(['nothing'])).rejects.toThrow(/ENOENT/);
  });
});

describe('the keys', () => {
  it('are known by their form, and not repeated in errors', () => {
    expect([isRecipient(recipient), isRecipient('age1nonsense'), isRecipient(identity)]).toEqual([true, false, false]);
    expect(identitiesIn(`# created\n# public key: ${recipient}\n${identity}\n`)).toEqual([identity]);
    for (const text of ['', '# nothing', 'hunter2', `${identity}\nhunter2`]) {
      expect(() => identitiesIn(text)).toThrow(InvalidKey);
      expect(() => identitiesIn(text)).not.toThrow(/hunter2/);
    }
  });

  it('are not repeated in errors where a character was mistyped', async () => {
    const mistyped = `${identity.slice(0, -1)}${identity.endsWith('Q') ? 'P' : 'Q'}`;
    const failures: readonly unknown[] = [
      await Promise.resolve(mistyped)
        .then(identitiesIn)
        .catch((error: unknown) => error),
      await opened(await packed(), [mistyped]).catch((error: unknown) => error),
    ];
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(InvalidKey);
      expect(inspect(failure, { depth: null })).not.toContain(identity.slice(20, 40));
    }
  });
});
