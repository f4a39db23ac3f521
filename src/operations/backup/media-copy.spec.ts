import { describe, expect, it } from '@jest/globals';
import { statSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linkMedia } from './media-copy.js';

const user = '0199aaaa-0000-7000-8000-000000000002';
const sha256 = 'ab'.repeat(32);
const path = join(user, 'ab', sha256);

/** A library with one file is linked to a new directory below another one. */
const linked = async (below: string): Promise<{ readonly target: string; readonly links: number }> => {
  const from = await mkdtemp(join(tmpdir(), 'media-'));
  const to = await mkdtemp(join(below, 'media-'));
  try {
    await mkdir(join(from, user, 'ab'), { recursive: true });
    await writeFile(join(from, path), 'picture', { mode: 0o600 });
    expect(await linkMedia(from, to)).toEqual({ files: 1, bytes: 7 });
    return { target: await readFile(join(to, path), 'utf8'), links: (await stat(join(to, path))).nlink };
  } finally {
    for (const directory of [from, to]) await rm(directory, { recursive: true });
  }
};

const anotherFileSystem = '/dev/shm';
const hasAnother = statSync(anotherFileSystem, { throwIfNoEntry: false })?.dev !== statSync(tmpdir()).dev;

describe('the files of users in a backup that is being made', () => {
  it('are not copied', async () => {
    expect(await linked(tmpdir())).toEqual({ target: 'picture', links: 2 });
  });

  (hasAnother ? it : it.skip)('are copied where no hard link can be made', async () => {
    expect(await linked(anotherFileSystem)).toEqual({ target: 'picture', links: 1 });
  });
});
