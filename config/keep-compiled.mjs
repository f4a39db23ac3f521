/*
 * Lets the built programs work for some seconds, and keeps what the engine has compiled of them meanwhile in `dist/app/compiled`: it is a quarter of the
 * CPU of a start, and a sixth of that of the first messages (`libs/engine`). Does nothing where that is there for these programs already.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';

const directory = 'dist/app/compiled';
const name = `${readFileSync('dist/app/build', 'utf8')}-${process.version}-${process.arch}`;
const kept = `${directory}/${name}`;
const draft = `${kept}.draft`;

if (!existsSync(kept)) {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  try {
    execFileSync(process.execPath, ['dist/app/demo.js'], { stdio: ['ignore', 'ignore', 'pipe'], timeout: 120_000 });
    if (readdirSync(draft).length === 0) throw new Error('nothing was kept');
    renameSync(draft, kept);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    process.stderr.write(`The programs will be compiled at each start, as they did not work here: ${error.message}\n`);
  }
}
