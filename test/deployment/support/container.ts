import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Image } from './image-steps.js';

/** Prints to pipes. */
export type Contained = ChildProcessByStdio<null, Readable, Readable>;

/** The user `node` in the base image. */
export const imageUserId = 1000;

const directories = ['usr', 'dev', 'proc'];
const links = ['bin', 'lib', 'lib64', 'sbin'];

/** Whether this process may give a program a root directory of its own. */
export const canContain = (): boolean =>
  process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;

/**
 * Runs a program of an image: with the image as its root directory, where it can write to nothing but /data and /tmp, as the image's user,
 * with the image's variables and these. The system's programs, Node.js among them, are this machine's.
 */
export const runContained = (
  { root, workdir, environment }: Image,
  words: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Contained => {
  const script = [
    'set -e; cd "$1"; root=$1; shift',
    `mkdir -p ${directories.join(' ')} tmp`,
    ...links.map((name) => `[ -L ${name} ] || [ ! -e /${name} ] || ln -s usr/${name} ${name}`),
    'mount --bind . .; cd "$root"',
    ...directories.map((name) => `mount --rbind /${name} ${name}; mount -o remount,bind,ro ${name}`),
    'mount --bind data data',
    'mount -t tmpfs tmpfs tmp',
    'mount -o remount,bind,ro .',
    `exec chroot --userspec=${imageUserId}:${imageUserId} . "$@"`,
  ].join('\n');
  const settings = Object.entries({ PATH: '/usr/local/bin:/usr/bin', ...environment, ...variables });
  const program = [
    '/usr/bin/env',
    '-i',
    '-C',
    workdir,
    ...settings.map(([name, value]) => `${name}=${value}`),
    ...words,
  ];
  return spawn('unshare', ['--mount', 'bash', '-c', script, 'bash', root, ...program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
};
