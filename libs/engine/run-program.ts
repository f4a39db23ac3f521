import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { debuglog } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { keepHeapsLean } from './lean-heap.js';
import { optimizeLater } from './patient-optimizer.js';
import { programsIn } from './programs.js';

/** While what was compiled is kept, a thread does so again and again: it may be ended at any moment. */
const keepIntervalMs = 500;

const debug = debuglog('engine');

/**
 * What a bundled program or thread starts with: sets how the engine works, and runs the file. `build` names the texts of all files.
 *
 * What the engine compiled is in `compiled/<build>-<version of Node>-<architecture>`. The build makes it: it lets a copy of the programs work where
 * there is a directory of that name with `.draft` at its end, and they write there.
 */
export const runProgram = (directory: string, file: string, build: string): void => {
  const compiled = join(directory, 'compiled', `${build}-${process.version}-${process.arch}`);
  const draft = `${compiled}.draft`;
  const isKeeping = existsSync(draft);
  // For all threads, and before anything is compiled: what was compiled with other options is not taken.
  if (isMainThread) {
    keepHeapsLean();
    optimizeLater({ forEver: isKeeping });
  }
  const programs = programsIn({ directory, compiled, onCompile: (name) => debug('compiled %s', name) });
  if (isKeeping) {
    const keep = (): void => programs.keepCompiled(draft);
    process.once('exit', keep);
    if (!isMainThread) setInterval(keep, keepIntervalMs).unref();
  }
  programs.run(file);
};
