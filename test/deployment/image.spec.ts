import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chown, cp, mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { eventually } from '../support/eventually.js';
import { startTimeoutMs } from '../support/service.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { canContain, imageUserId, runContained, type Contained } from './support/container.js';
import { doSteps, type Image } from './support/image-steps.js';

const run = promisify(execFile);

/** What `.dockerignore` lets through. */
const contextOf = async (into: string): Promise<string> => {
  const context = join(into, 'context');
  const lines = (await readFile('.dockerignore', 'utf8')).split('\n');
  for (const name of lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1))) {
    await cp(name, join(context, name), { recursive: true, preserveTimestamps: true });
  }
  return context;
};

type Plan = { readonly add: readonly { readonly path: string }[] };

/** What `npm ci` would install, taken from what it has installed in this checkout. Packages that are in others come with them. */
const takePackages = async (words: readonly string[], cwd: string): Promise<void> => {
  const planning = [...words, '--ignore-scripts', '--offline', '--dry-run', '--json'];
  const { stdout } = await run('npm', planning, { cwd, maxBuffer: 10_000_000 });
  const { add } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as Plan;
  const names = add.map(({ path }) => relative(cwd, path)).filter((name) => name.split('node_modules').length === 2);
  const sameDisk = (await stat(cwd)).dev === (await stat('node_modules')).dev;
  await run('cp', ['--archive', ...(sameDisk ? ['--link'] : []), '--parents', ...names, cwd]);
};

/** As the Dockerfile says, but what takes minutes is taken from this checkout: packages, the native modules among them. */
const runStep = async (command: string, { root, workdir }: { readonly root: string; readonly workdir: string }) => {
  const cwd = join(root, workdir);
  const [program, ...words] = command.split(/\s+/);
  if (program === 'apt-get') return; // this machine has them
  if (program === 'install') {
    const directory = join(root, words.at(-1) ?? '');
    await mkdir(directory, { mode: 0o700 });
    await chown(directory, imageUserId, imageUserId);
  } else if (command.startsWith('npm ci --omit=dev')) {
    await takePackages(words, cwd);
  } else if (command.startsWith('npm ci')) {
    await symlink(join(process.cwd(), 'node_modules'), join(cwd, 'node_modules'));
  } else {
    await run('sh', ['-c', command], { cwd });
  }
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

(canContain() ? describe : describe.skip)('the image (its steps without Docker, for which a test must be root)', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let image: Image;
  const running: Contained[] = [];

  beforeAll(async () => {
    directory = await temporaryDirectory();
    const context = await contextOf(directory.path);
    image = await doSteps('config/Dockerfile', { context, into: directory.path, run: runStep });
  }, 300_000);

  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL');
    await directory.remove();
  });

  const start = (words: readonly string[], variables: Readonly<Record<string, string>> = {}): Contained => {
    const child = runContained(image, words, variables);
    running.push(child);
    return child;
  };

  it('holds what the service needs, the licences, and nothing else of the repository', async () => {
    const { root, workdir } = image;
    expect((await readdir(join(root, workdir))).sort()).toEqual(
      ['LICENSE', 'NOTICE', 'dist', 'node_modules', 'package.json'].sort(),
    );
    const packages = await readdir(join(root, workdir, 'node_modules'));
    expect(packages).toContain('libsignal');
    expect(packages).not.toContain('jest');
    expect(await readFile(join(root, workdir, 'NOTICE'), 'utf8')).toMatch(/^libsignal .*GPL-3.0/m);
  });

  it('runs as another user than root on a root directory that it cannot write, is healthy, and ends on SIGTERM', async () => {
    expect(image).toMatchObject({ user: 'node', entrypoint: ['tini', '--'] });
    const port = String(await freePort());
    const service = start(image.command, { PORT: port, LOG_FORMAT: 'json' });
    const output = [text(service.stdout), text(service.stderr)];
    const ended = once(service, 'exit');
    const [node = '', ...check] = image.healthCheck;
    await eventually(() => run(node, check, { env: { ...process.env, PORT: port } }), startTimeoutMs);

    expect(await readFile(`/proc/${service.pid}/status`, 'utf8')).toMatch(
      new RegExp(`^Uid:\t${imageUserId}\t${imageUserId}`, 'm'),
    );
    expect(await readFile(`/proc/${service.pid}/mounts`, 'utf8')).toMatch(/^\S+ \/ \S+ ro,/m);
    const data = join(image.root, 'data');
    expect(await readdir(data)).toContain('events.db');
    expect((await stat(join(data, 'master.key'))).mode & 0o777).toBe(0o600);

    const operator = start(['node', 'dist/app/operator.js', 'admin']);
    expect(await text(operator.stdout)).toContain('admin@waybill.local');

    service.kill('SIGTERM');
    expect([await ended, await Promise.all(output)]).toMatchObject([
      [0, null],
      [expect.any(String), ''],
    ]);
  }, 180_000);

  it('has the sandbox and its page in it', async () => {
    const words = [
      'node',
      'dist/app/sandbox.js',
      '--port',
      '0',
      '--control-port',
      '0',
      '--state',
      '/data/sandbox.json',
    ];
    const sandbox = start(words);
    let printed = '';
    sandbox.stdout.on('data', (chunk: Buffer) => void (printed += chunk.toString()));
    const page = await eventually(() => /web page +(\S+)/.exec(printed)?.[1] ?? false, startTimeoutMs);
    const answer = await fetch(page);
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('<html')]);
    expect((await fetch(new URL('/ca.pem', page))).status).toBe(200);
    sandbox.kill('SIGTERM');
    expect(await once(sandbox, 'exit')).toEqual([0, null]);
  }, 150_000);
});
