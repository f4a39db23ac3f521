import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { eventually } from '../support/eventually.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

/** Blocks of 512 bytes: no file of the service can grow beyond 2 MB. */
const maxFileBlocks = 4000;

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: ChildProcess;
let url: string;

beforeAll(async () => {
  directory = await temporaryDirectory();
  const limited = `ulimit -S -f ${maxFileBlocks} && exec "$0" "$@"`;
  const child = spawn('sh', ['-c', limited, process.execPath, 'dist/test/support/platform.child.js', directory.path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  service = child;
  [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
});

afterAll(async () => {
  service.kill('SIGTERM');
  await once(service, 'exit');
  await directory.remove();
});

const bump = async (counter: number): Promise<Response> =>
  fetch(`${url}/counters/${String(counter).padStart(90, '0')}/blindly`, { method: 'POST' });

const totalOf = async (counter: number): Promise<unknown> => {
  const answer = await fetch(`${url}/counters/${String(counter).padStart(90, '0')}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"by":0}',
  });
  return ((await answer.json()) as { total?: number }).total;
};

const readiness = async () => {
  const answer = await fetch(`${url}/health/ready`);
  return { status: answer.status, body: (await answer.json()) as { code?: string; detail?: string } };
};

describe('a service with a full disk', () => {
  it('rejects requests with a clear error, is not ready, and recovers by itself without losing anything', async () => {
    await eventually(async () => (await readiness()).status === 200);

    let done = 0;
    const refusal = await eventually(async () => {
      const answers = await Promise.all(Array.from({ length: 32 }, (_, offset) => bump(done + offset)));
      const rejected = answers.find(({ status }) => status !== 202);
      if (!rejected) done += answers.length;
      return rejected ?? false;
    }, 60_000);
    expect(refusal.status).toBe(503);
    expect(refusal.headers.get('retry-after')).not.toBeNull();
    expect(await refusal.json()).toMatchObject({ code: 'store_unavailable', status: 503 });
    expect(done).toBeGreaterThan(32);

    const notReady = await readiness();
    expect(notReady).toMatchObject({ status: 503, body: { code: 'not_ready' } });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);

    execFileSync('prlimit', ['--fsize=unlimited', '--pid', String(service.pid)]);
    await eventually(async () => (await readiness()).status === 200, 40_000);
    expect((await bump(done)).status).toBe(202);
    for (let counter = 0; counter < done; counter += 1) expect(await totalOf(counter)).toBe(1);
  }, 180_000);
});
