import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { startService, type Service } from '../support/service.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
const services: Service[] = [];
/** Runs from the first test on. */
let first: Service;

beforeAll(async () => {
  directory = await temporaryDirectory();
  first = start('first', { WAYBILL_DATADIR: 'x' });
});

afterAll(async () => {
  for (const { process } of services) process.kill('SIGKILL');
  await Promise.all(services.map(({ ended }) => ended()));
  await directory.remove();
});

/** Starts it on a data directory of that name, which it makes. */
const start = (name: string, variables: NodeJS.ProcessEnv = {}): Service => {
  const service = startService({ WAYBILL_DATA_DIR: join(directory.path, name), ...variables });
  services.push(service);
  return service;
};

const ready = (url: string) => eventually(async () => (await fetch(`${url}/health/ready`)).status === 200, 20_000);

describe('the service', () => {
  it('starts with nothing but a directory, says where it listens, is ready, and tells its metrics', async () => {
    const url = await first.url();
    await ready(url);
    const metrics = await fetch(`${url}/metrics`);
    expect([metrics.status, metrics.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/plain/)]);
    expect(await metrics.text()).toMatch(/^waybill_sessions\{status="connected"\} 0$/m);
  });

  it('warns of a misspelt variable', async () => {
    await first.url();
    expect(first.output()).toContain('WAYBILL_DATADIR');
  });

  it('does not start on a wrong variable, and names it', async () => {
    const service = start('wrong', { PORT: 'eighty', LOG_LEVEL: 'loud' });
    expect(await service.ended()).toBe(1);
    expect(service.output()).toMatch(/PORT[\s\S]*LOG_LEVEL/);
    expect(service.output()).not.toMatch(/eighty|loud|at .*\.js/);
  });

  it('does not start on a data directory that another process has, and says so in a line', async () => {
    await first.url();
    const second = start('first');
    expect(await second.ended()).toBe(1);
    expect(second.output()).toMatch(/in use by another process/);
    expect(second.output()).not.toMatch(/at .*\.js/);
    await ready(await first.url());
  });

  it('says in one line, and nothing else, that its port is taken, ends, and leaves the directory free', async () => {
    const { port } = new URL(await first.url());
    const second = start('second', { PORT: port });
    expect(await second.ended()).toBe(1);
    expect(second.output()).toBe(
      `Port ${port} on 127.0.0.1 is in use by another program: set PORT or HOST to another one\n`,
    );
    const again = start('second');
    await ready(await again.url());
    again.process.kill('SIGTERM');
    expect(await again.ended()).toBe(0);
  });

  it('says in a line that its data directory cannot be used', async () => {
    await writeFile(join(directory.path, 'file'), '');
    const service = start('file/data');
    expect(await service.ended()).toBe(1);
    expect(service.output()).toContain('WAYBILL_DATA_DIR');
    expect(service.output()).not.toMatch(/at .*\.js/);
  });

  it('ends cleanly on SIGTERM although a request never ends', async () => {
    const url = await first.url();
    const head =
      'POST /v1/admin/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{';
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
    socket.write(head);
    await ready(url);
    first.process.kill('SIGTERM');
    expect(await first.ended()).toBe(0);
    expect(first.output()).toContain('"msg":"Stopped"');
    socket.destroy();
  });
});
