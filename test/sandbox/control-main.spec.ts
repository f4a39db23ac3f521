import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from './support/wait-until.js';

/** Runs the built command in its own process. */
function start(...options: readonly string[]) {
  const child = spawn(process.execPath, ['dist/app/sandbox.js', ...options]);
  running.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, output, ended };
}
const running: ChildProcess[] = [];

describe('the command', () => {
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });

  it('prints its addresses, serves the page, and stops on SIGTERM', async () => {
    const { child, output, ended } = start('--port', '0', '--control-port', '0');
    const url = await waitUntil('it is running', () => /web page\s+(\S+)/.exec(output.stdout)?.[1], 30_000);
    expect(output.stdout).toMatch(/clients connect to\s+ws:\/\/127\.0\.0\.1:\d+\/ws\/chat/);
    for (const [path, type] of [
      ['/', 'text/html'],
      ['/main.js', 'javascript'],
      ['/base.css', 'text/css'],
      ['/icon.svg', 'image/svg'],
      ['/vendor/qr/decode.js', 'javascript'],
      ['/health', 'application/json'],
    ]) {
      const response = await fetch(`${url}${path}`);
      expect([path, response.status, response.headers.get('content-type')]).toEqual([
        path,
        200,
        expect.stringContaining(type ?? ''),
      ]);
    }
    const live = await fetch(`${url}/events`);
    child.kill('SIGTERM');
    await live.text().catch(() => '');
    expect(await ended).toBe(0);
    expect(output.stderr).toBe('');
  });

  it('prints its options', async () => {
    const { output, ended } = start('--help');
    expect(await ended).toBe(0);
    expect(output.stdout).toMatch('--control-port');
  });

  it.each([
    ['--port', '--control-port'],
    ['--control-port', '--port'],
  ])('explains in one line that the port of %s is in use', async (taken, other) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { output, ended } = start(taken, String(port), other, '0');
    expect(await ended).toBe(1);
    expect(output.stderr.trim().split('\n')).toHaveLength(1);
    expect(output.stderr).toMatch(`port ${port} is in use`);
    expect(output.stderr).toMatch(taken);
    server.close();
  });
});
