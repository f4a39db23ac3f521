import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../eventually.js';
import { startChild } from './start-child.js';

/** A store in a child process with a full disk. */
export type LimitedStore = {
  /** Sends it a command and returns the answer. */
  readonly ask: (command: string) => Promise<unknown>;
  readonly makeRoom: () => void;
  readonly end: () => Promise<void>;
};

const runs = (command: string): boolean => spawnSync('sh', ['-c', command]).status === 0;

const talk = (child: ReturnType<typeof startChild>) => async (command: string) => {
  const index = child.lines.length;
  child.process.stdin?.write(`${command}\n`);
  await eventually(() => child.lines.length > index || child.process.exitCode !== null, 30_000);
  const line = child.lines[index];
  if (line === undefined) throw new Error(`The process ended: ${child.errors()}`);
  return JSON.parse(line) as unknown;
};

const endOf = (child: ReturnType<typeof startChild>) => async () => {
  child.process.stdin?.end();
  await child.ended;
};

/** Limits the size of files to a few megabytes: larger writes fail, as with a quota. */
export const limitedFiles = (directory: string, file: string): LimitedStore => {
  const limit = ['sh', '-c', 'ulimit -S -f 6000; exec "$@"', 'sh'];
  const child = startChild('served.child.js', [join(directory, file)], limit);
  const makeRoom = () => {
    if (!runs(`prlimit --pid ${child.process.pid} --fsize=unlimited`)) throw new Error('The limit could not be lifted');
  };
  return { ask: talk(child), makeRoom, end: endOf(child) };
};

/** Whether this process may mount a file system. */
export const canMount = (directory: string): boolean => {
  const place = join(directory, 'try');
  mkdirSync(place);
  return runs(`mount -t tmpfs -o size=1m tmpfs ${place}`) && runs(`umount ${place}`);
};

/** A small file system, mostly filled by a file that can be removed. */
export const smallDisk = (directory: string, file: string): LimitedStore => {
  const place = join(directory, 'small');
  mkdirSync(place);
  if (!runs(`mount -t tmpfs -o size=16m tmpfs ${place}`)) throw new Error('The small file system could not be mounted');
  writeFileSync(join(place, 'ballast'), Buffer.alloc(10 * 2 ** 20));
  const child = startChild('served.child.js', [join(place, file)]);
  const end = endOf(child);
  return {
    ask: talk(child),
    makeRoom: () => rmSync(join(place, 'ballast')),
    end: async () => {
      await end();
      if (!runs(`umount ${place}`)) throw new Error('The small file system could not be unmounted');
    },
  };
};
