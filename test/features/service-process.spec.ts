import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childrenOf, environmentOf, isRunning } from '../support/child-processes.js';
import { eventually } from '../support/eventually.js';
import { startService, startTimeoutMs, type Service } from '../support/service.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: Service | undefined;

beforeEach(async () => {
  directory = await temporaryDirectory();
});

afterEach(async () => {
  service?.process.kill('SIGKILL');
  await service?.ended();
  service = undefined;
  await directory.remove();
});

const withSandbox = { WAYBILL_WHATSAPP: 'sandbox', SANDBOX_PORT: '0', SANDBOX_CONTROL_PORT: '0' };
const start = (variables: NodeJS.ProcessEnv = {}): Service =>
  (service = startService({ WAYBILL_DATA_DIR: join(directory.path, 'data'), ...variables }));

const linesOf = ({ output }: Service): readonly Record<string, unknown>[] =>
  output()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the process of the service', () => {
  it('logs nothing but JSON where it is not in a terminal, no routes, and that it stopped in the last line', async () => {
    const started = start(withSandbox);
    await started.url();
    started.process.kill('SIGTERM');
    expect(await started.ended()).toBe(0);
    const messages = linesOf(started).map(({ msg }) => String(msg));
    expect(messages.at(-1)).toBe('Stopped');
    expect(messages.join('\n')).not.toMatch(/Mapped|dependencies initialized/);
  });

  it('takes the sandbox beside it along, even if it is killed', async () => {
    const started = start(withSandbox);
    await started.url();
    const [sandbox = 0] = childrenOf(started.process.pid ?? 0);
    expect(isRunning(sandbox)).toBe(true);
    started.process.kill('SIGKILL');
    await started.ended();
    await eventually(() => !isRunning(sandbox));
    expect(isRunning(sandbox)).toBe(false);
  });

  it('takes the sandbox along, if it is killed while that starts', async () => {
    const started = start(withSandbox);
    const [sandbox = 0] = await eventually(() => {
      const children = childrenOf(started.process.pid ?? 0);
      return children.length > 0 && children;
    }, startTimeoutMs);
    started.process.kill('SIGKILL');
    await started.ended();
    await eventually(() => !isRunning(sandbox), startTimeoutMs);
  });

  it('goes with the demo that started it, even if that is killed', async () => {
    const demo = spawn(process.execPath, ['dist/app/demo.js'], { stdio: 'ignore' });
    const [started = 0] = await eventually(() => {
      const children = childrenOf(demo.pid ?? 0);
      return children.length > 0 && childrenOf(children[0] ?? 0).length > 0 && children;
    }, startTimeoutMs);
    const [sandbox = 0] = childrenOf(started);
    demo.kill('SIGKILL');
    await eventually(() => !isRunning(started) && !isRunning(sandbox), startTimeoutMs);
    expect(isRunning(started)).toBe(false);
  });

  it('gives the sandbox none of its variables', async () => {
    const started = start({ ...withSandbox, WAYBILL_MASTER_KEY: Buffer.alloc(32, 7).toString('base64') });
    await started.url();
    const [sandbox = 0] = childrenOf(started.process.pid ?? 0);
    expect(environmentOf(sandbox).filter((variable) => !variable.startsWith('NODE_CHANNEL'))).toEqual([]);
  });

  it('keeps its data from other users of the machine, whatever they could do before', async () => {
    const data = join(directory.path, 'data');
    await mkdir(data);
    await writeFile(join(data, 'notes.txt'), 'mine');
    await chmod(join(data, 'notes.txt'), 0o666);
    await chmod(data, 0o777);
    const before = process.umask(0);
    const started = start(withSandbox); // inherits the umask
    process.umask(before);
    await started.url();
    expect((await stat(data)).mode & 0o077).toBe(0);
    const entries = await readdir(data);
    expect(entries).toEqual(expect.arrayContaining(['events.db', 'events.db-wal', 'master.key', 'operator.sock']));
    const open = await Promise.all(
      entries.map(async (name) => ((await stat(join(data, name))).mode & 0o077) !== 0 && name),
    );
    expect(open.filter(Boolean)).toEqual([]);
    const told = linesOf(started).filter(({ msg }) => String(msg).includes('now only their owner has'));
    expect(told).toMatchObject([{ paths: [data, join(data, 'notes.txt')] }]);
  });
});

describe('the service in a terminal', () => {
  it('logs short lines, tells last where it is and who the first admin is, and ends with Ctrl-C', async () => {
    const inTerminal = 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)';
    const terminal = spawn('python3', ['-c', inTerminal, process.execPath, 'dist/app/main.js'], {
      env: { PATH: process.env['PATH'], PORT: '0', WAYBILL_DATA_DIR: join(directory.path, 'data'), TERM: 'dumb' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let screen = '';
    terminal.stdout.on('data', (chunk: Buffer) => void (screen += chunk.toString()));
    const ended = once(terminal, 'close');
    await eventually(() => screen.includes('npm run admin'), startTimeoutMs);
    expect(screen).toMatch(
      /INFO.*Waybill is listening[^]*Waybill is up[^]*first admin[^]*password {2}[\w-]{24}\s[^]*npm run admin\s*$/,
    );
    expect(screen).not.toMatch(/Mapped|^\{/m);
    terminal.stdin.write('\x03');
    await ended;
    expect(screen.trimEnd().split('\n').at(-1)).toMatch(/INFO.*Stopped/);
  });
});
