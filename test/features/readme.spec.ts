import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { startService, type Service } from '../support/service.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const run = promisify(execFile);

/** The commands of the README, block by block. */
const blocks = async (): Promise<readonly string[]> =>
  [...(await readFile('README.md', 'utf8')).matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block.trim());

const scripts = async (): Promise<{ readonly [name: string]: string }> =>
  (JSON.parse(await readFile('package.json', 'utf8')) as { scripts: { [name: string]: string } }).scripts;

describe('the README', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let service: Service;
  let url: string;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    service = startService({
      WAYBILL_WHATSAPP: 'sandbox',
      WAYBILL_DATA_DIR: directory.path,
      SANDBOX_PORT: '0',
      SANDBOX_CONTROL_PORT: '0',
    });
    url = await service.url();
  });

  const operator = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], WAYBILL_DATA_DIR: directory.path });

  afterAll(async () => {
    service.process.kill('SIGTERM');
    await service.ended();
    await directory.remove();
  });

  it('names only scripts that are there', async () => {
    const named = [...(await readFile('README.md', 'utf8')).matchAll(/npm run ([a-z:-]+)/g)].map(([, name]) => name);
    expect(named).not.toEqual([]);
    expect(Object.keys(await scripts())).toEqual(expect.arrayContaining(named));
  });

  it('starts the service with its first command, which is what this test started', async () => {
    const [first] = await blocks();
    expect(first).toBe('npm ci && WAYBILL_WHATSAPP=sandbox npm start');
    expect((await scripts())['start']).toBe('npm run build && MALLOC_ARENA_MAX=2 node dist/app/main.js');
    const { stdout } = await run(process.execPath, ['dist/app/operator.js', 'admin'], { env: operator() });
    expect((await scripts())['admin']).toBe('npm run --silent build && node dist/app/operator.js admin');
    expect(stdout).toContain('Waybill is up');
    expect(stdout).toContain(`${url}/docs`);
  });

  it('leads from there to a message that is delivered, answered and on record, as it is typed', async () => {
    const [story = ''] = (await blocks()).filter((block) => block.includes('PHONES='));
    const { stdout: words } = await run(process.execPath, ['dist/app/operator.js', 'admin'], { env: operator() });
    const password = /password {2}(\S+)/.exec(words)?.[1] ?? '';
    const phones = /"control":"(http:[^"]+)"/.exec(service.output())?.[1] ?? '';
    const typed = story
      .replace('http://127.0.0.1:3000', url)
      .replace('http://127.0.0.1:3101', phones.replace(/\/$/, ''));
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', `PASSWORD=${password}\n${typed}`], {
      timeout: 120_000,
    });
    expect(stdout).toMatch(/▄▄▄▄▄▄▄/); // the QR
    expect(stdout).toContain('Ana: Thank you!\n');
    expect(stdout).toContain("Ana's picture came, byte by byte.\n");
    expect(stdout).toMatch(/MessageQueued\n[\s\S]*MessageSent\n[\s\S]*MessageDelivered\n$/);
    expect(stdout).not.toMatch(/[{}]/);
  }, 150_000);

  it('has a demo that plays to its end', async () => {
    expect((await scripts())['demo']).toBe('npm run build && node dist/app/demo.js');
    const { stdout } = await run(process.execPath, ['dist/app/demo.js'], { timeout: 120_000 });
    expect(stdout).toMatch(/connected as[\s\S]*delivered[\s\S]*read[\s\S]*Thank you![\s\S]*MessageRead[\s\S]*Done/);
    expect(stdout).not.toMatch(/[{}]/);
  }, 150_000);
});
