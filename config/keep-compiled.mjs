/*
 * Lets the built programs work for some seconds, and keeps what the engine has compiled of them meanwhile in `dist/app/compiled`: it is a quarter of the
 * CPU of a start, and a sixth of that of the first messages (`libs/engine`). Does nothing where that is there for these programs already.
 *
 * A copy of them works, so that a service that starts meanwhile, or after this was killed, is like any other.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';

const compiled = 'dist/app/compiled';
const copy = 'dist/working-copy';
const name = `${readFileSync('dist/app/build', 'utf8')}-${process.version}-${process.arch}`;
const draft = `${copy}/compiled/${name}.draft`;

if (!existsSync(`${compiled}/${name}`)) {
  for (const former of [compiled, copy]) rmSync(former, { recursive: true, force: true });
  cpSync('dist/app', copy, { recursive: true, filter: (file) => !file.endsWith('.map') });
  mkdirSync(draft, { recursive: true });
  try {
    execFileSync(process.execPath, [`${copy}/demo.js`], { stdio: ['ignore', 'ignore', 'pipe'], timeout: 120_000 });
    if (readdirSync(draft).length === 0) throw new Error('nothing was kept');
    mkdirSync(compiled);
    renameSync(draft, `${compiled}/${name}`);
  } catch (error) {
    process.stderr.write(`The programs will be compiled at each start, as they did not work here: ${error.message}\n`);
  }
  rmSync(copy, { recursive: true });
}
