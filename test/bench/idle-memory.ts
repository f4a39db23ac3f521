import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { owner } from '../support/owner.js';
import { memoryOf } from '../support/process-usage.js';
import { startService } from '../support/service.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { median, type Figure, type Measured } from './harness.js';

const mostMegabytes = 200;
const starts = 3;
const bootTimeoutMs = 60_000;
const idleMs = 6000;

/** Megabytes that the process of a program holds some seconds after it is ready, and somebody has logged in. */
const memoryAfterStart = async (variables: NodeJS.ProcessEnv, program?: string): Promise<number> => {
  const directory = await temporaryDirectory();
  const service = startService(
    {
      WAYBILL_DATA_DIR: directory.path,
      WAYBILL_ADMIN_EMAIL: owner.email,
      WAYBILL_ADMIN_PASSWORD: owner.password,
      SANDBOX_PORT: '0',
      SANDBOX_CONTROL_PORT: '0',
      ...variables,
    },
    program,
  );
  try {
    const url = await service.url();
    await eventually(async () => (await fetch(`${url}/health/ready`)).status === 200, bootTimeoutMs);
    await Promise.all([logIn(url), logIn(url)]);
    await delay(idleMs);
    return memoryOf(service.process);
  } finally {
    service.process.kill('SIGTERM');
    await service.ended();
    await directory.remove();
  }
};

const logIn = (url: string): Promise<Response> =>
  fetch(`${url}/v1/admin/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(owner),
  });

const measure = async (): Promise<Measured> => {
  const measured: { bare: number; live: number; sandbox: number }[] = [];
  for (let start = 0; start < starts; start += 1) {
    measured.push({
      bare: await memoryAfterStart({}, 'dist/test/support/http-load/bare.child.js'),
      live: await memoryAfterStart({ WAYBILL_WHATSAPP: 'live' }),
      sandbox: await memoryAfterStart({ WAYBILL_WHATSAPP: 'sandbox' }),
    });
  }
  const of = (pick: (round: (typeof measured)[number]) => number): number => median(measured.map(pick));
  const [bare, live, sandbox] = [of((round) => round.bare), of((round) => round.live), of((round) => round.sandbox)];
  const value = Math.max(live, sandbox);
  return {
    ratio: mostMegabytes / value,
    value,
    floor: mostMegabytes,
    notes: [
      `${Math.round(live)} MB against WhatsApp, ${Math.round(sandbox)} MB beside a sandbox in a process of its own`,
      `Fastify and better-sqlite3 alone hold ${Math.round(bare)} MB`,
    ],
  };
};

export const idleMemory: readonly Figure[] = [
  {
    name: 'idle-memory',
    product: `resident memory without a session, ${idleMs / 1000} s after the service is ready and admins have logged in`,
    floor: `${mostMegabytes} MB`,
    unit: 'MB',
    aim: 1,
    run: measure,
  },
];
