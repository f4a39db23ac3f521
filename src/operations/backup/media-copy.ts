import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { chmod, copyFile, link, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { mediaDirectory } from '../../platform/data-files.js';

/** How many files there are, and how large they are together. */
export type MediaAmount = { readonly files: number; readonly bytes: number };

type Kept = { readonly directory: string; readonly sha256: string };

const userPattern = /^[0-9a-f-]{36}$/;
const shardPattern = /^[0-9a-f]{2}$/;
const hashPattern = /^[0-9a-f]{64}$/;

/**
 * Copies the files of all users to another directory, also while a service uses them: once a file is there, it never changes. A file that is there
 * already stays; one that is removed meanwhile is left out.
 */
export const copyMedia = (from: string, to: string): Promise<MediaAmount> => eachTo(from, to, copied);

/** The same for a directory on the same file system: the content is copied only where there are no hard links. */
export const linkMedia = (from: string, to: string): Promise<MediaAmount> => eachTo(from, to, linked);

/** Whether that is the path of a file in a backup, or of a directory above it. */
export const isMediaPath = (path: string): boolean => {
  const [root, user, shard, hash, ...more] = path.split('/');
  const fits = (name: string | undefined, pattern: RegExp): boolean => name === undefined || pattern.test(name);
  return (
    root === mediaDirectory &&
    more.length === 0 &&
    fits(user, userPattern) &&
    fits(shard, shardPattern) &&
    fits(hash, hashPattern)
  );
};

const eachTo = async (
  from: string,
  to: string,
  put: (from: string, to: string) => Promise<boolean>,
): Promise<MediaAmount> => {
  let files = 0;
  let bytes = 0;
  for await (const { directory, sha256 } of keptIn(from)) {
    const target = join(to, directory, sha256);
    await mkdir(join(to, directory), { recursive: true, mode: 0o700 });
    if (!(await put(join(from, directory, sha256), target))) continue;
    files += 1;
    bytes += (await stat(target)).size;
  }
  return { files, bytes };
};

/** How much there is. A file that is not what its name says is passed to `damaged`. */
export const checkMedia = async (directory: string, damaged: (path: string) => never): Promise<MediaAmount> => {
  let files = 0;
  let bytes = 0;
  for await (const kept of keptIn(directory)) {
    const path = join(directory, kept.directory, kept.sha256);
    if ((await sha256Of(path)) !== kept.sha256) damaged(path);
    files += 1;
    bytes += (await stat(path)).size;
  }
  return { files, bytes };
};

/** SHA-256 of a file, in hex. */
export const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
};

/** A directory for each user, in it one for the first two digits of the hash, in which files have their hash for a name. */
async function* keptIn(root: string): AsyncGenerator<Kept> {
  for (const user of await namesIn(root, userPattern)) {
    for (const shard of await namesIn(join(root, user), shardPattern)) {
      const directory = join(user, shard);
      for (const sha256 of await namesIn(join(root, directory), hashPattern)) yield { directory, sha256 };
    }
  }
}

const namesIn = async (directory: string, pattern: RegExp): Promise<readonly string[]> =>
  (await orMissing(readdir(directory), [])).filter((name) => pattern.test(name));

/** False where the file is gone. */
const copied = async (from: string, to: string): Promise<boolean> => {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    if (code !== 'EEXIST') throw error;
  }
  await chmod(to, 0o600);
  return true;
};

/** False where the file is gone. */
const linked = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    if (withoutLinks.has(code)) return copied(from, to);
    throw error;
  }
};

/** What file systems answer that have no hard links, between two of them, or where a file has as many as it may. */
const withoutLinks = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS']);

const orMissing = <Found>(finding: Promise<Found>, otherwise: Found): Promise<Found> =>
  finding.catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  });
