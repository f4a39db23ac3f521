import { readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import { openMediaDirectory } from '#lib/media-files/directory';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { mediaFilesContract } from './media-files.contract.js';

const filesIn = async (directory: string): Promise<readonly string[]> =>
  (await readdir(directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

mediaFilesContract('in a directory', async () => {
  const { path, remove } = await temporaryDirectory();
  const reopen = () => openMediaDirectory(join(path, 'media'));
  return { files: await reopen(), reopen, everything: () => filesIn(path), remove };
});

describe('a directory of media files', () => {
  it('is open only to its owner', async () => {
    const { path, remove } = await temporaryDirectory();
    const files = await openMediaDirectory(path);
    async function* bytes(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('secret');
    }
    await files.keep(newId(), await files.stage(bytes(), 10));
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const modes = entries.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).mode & 0o077);
    expect(new Set(await Promise.all(modes))).toEqual(new Set([0]));
    await remove();
  });

  it('loses what a process that died had staged, and nothing that is still being written', async () => {
    const { path, remove } = await temporaryDirectory();
    await openMediaDirectory(path);
    const [abandoned, fresh] = [join(path, 'staged', newId()), join(path, 'staged', newId())];
    for (const file of [abandoned, fresh]) await writeFile(file, 'part');
    const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
    await utimes(abandoned, longAgo, longAgo);
    await openMediaDirectory(path);
    expect(await filesIn(path)).toEqual([fresh]);
    await remove();
  });
});
