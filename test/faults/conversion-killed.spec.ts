import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { isRunning } from '../support/child-processes.js';
import { eventually } from '../support/eventually.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: ChildProcess | undefined;
const script = join('dist', 'test', 'support', 'conversion.child.js');

beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(async () => {
  service?.kill('SIGKILL');
  await directory.remove();
});

it.each(['SIGKILL', 'SIGTERM'] as const)(
  'a conversion ends soon where the service is killed that waits for it: %s',
  async (signal) => {
    const [program, noted] = [join(directory.path, 'ffmpeg'), join(directory.path, 'pid')];
    await writeFile(program, `#!/bin/sh\necho $$ > ${noted}\nexec sleep 60\n`);
    await chmod(program, 0o755);
    service = spawn(process.execPath, [script, program, join(directory.path, 'sound')], { stdio: 'ignore' });
    const pid = await eventually(async () => Number(await readFile(noted, 'utf8').catch(() => '')) || false);
    expect(isRunning(pid)).toBe(true);
    service.kill(signal);
    await eventually(() => !isRunning(pid));
  },
);

it('a conversion for which too many files are open fails alone', async () => {
  const convert = [process.execPath, script, 'ffmpeg', join(directory.path, 'sound'), 'no-more-files'];
  const { stdout } = await promisify(execFile)('sh', ['-c', 'ulimit -n 256; exec "$@"', 'sh', ...convert]);
  expect(stdout).toBe('EMFILE');
});
