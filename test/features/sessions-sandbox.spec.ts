import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { eventually } from '../support/eventually.js';
import { startService, type Service } from '../support/service.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let services: Service[];

beforeEach(async () => {
  directory = await temporaryDirectory();
  services = [];
});

afterEach(async () => {
  for (const { process } of services) process.kill('SIGKILL');
  await Promise.all(services.map(({ ended }) => ended()));
  await directory.remove();
});

const start = (variables: NodeJS.ProcessEnv = {}): Service => {
  const service = startService({
    WAYBILL_DATA_DIR: directory.path,
    WAYBILL_WHATSAPP: 'sandbox',
    SANDBOX_PORT: '0',
    SANDBOX_CONTROL_PORT: '0',
    ...variables,
  });
  services.push(service);
  return service;
};

const controlOf = (service: Service) =>
  eventually(() => /"control":"(http:[^"]+)"/.exec(service.output())?.[1] ?? false, 60_000);
const answers = (control: string) =>
  fetch(`${control}/health`).then(
    ({ status }) => status === 200,
    () => false,
  );

describe('the sandbox beside the service', () => {
  it('is up when the service is, keeps its phones over a restart, and ends with the service', async () => {
    const first = start();
    await first.url();
    const control = await controlOf(first);
    const phone = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"number":"491701234567"}',
    };
    expect((await fetch(`${control}/phones`, phone)).status).toBe(201);
    first.process.kill('SIGTERM');
    expect(await first.ended()).toBe(0);
    expect(await answers(control)).toBe(false);

    const second = start();
    await second.url();
    expect((await fetch(`${await controlOf(second)}/phones/491701234567`)).status).toBe(200);
  }, 300_000);

  it('ends when the service is killed, too', async () => {
    const service = start();
    await service.url();
    const control = await controlOf(service);
    expect(await answers(control)).toBe(true);
    service.process.kill('SIGKILL');
    await eventually(async () => !(await answers(control)), 60_000);
  }, 300_000);

  it('says that its port is taken, and the service ends', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const service = start({ SANDBOX_PORT: String(port) });
    expect(await service.ended()).toBe(1);
    expect(service.output().trim().split('\n').at(-1)).toContain(`Port ${port} is in use`);
    taken.close();
  }, 300_000);
});
