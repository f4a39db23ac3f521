import { cpus, loadavg } from 'node:os';
import { BenchGateway } from '../support/http-load/gateway.js';
import { openRawBaileys, type RawBaileys } from '../support/sandbox/raw-baileys.js';
import { startSandboxProcess } from '../support/sandbox/sandbox-process.js';
import { median, type Figure, type Measured } from './harness.js';

const rounds = 3;
const floorSeconds = 4;

type Both = { readonly raw: RawBaileys; readonly gateway: BenchGateway };

/** Raw Baileys and the service, each with so many sessions, on one sandbox. */
const withBoth = async (sessions: number, measure: (both: Both) => Promise<Measured>): Promise<Measured> => {
  const sandbox = await startSandboxProcess();
  const raw = await openRawBaileys(sandbox, sessions);
  const gateway = await BenchGateway.start(sandbox);
  try {
    await gateway.link(sessions);
    const measured = await measure({ raw, gateway });
    const load = `load of the machine: ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores`;
    return { ...measured, notes: [...(measured.notes ?? []), load] };
  } finally {
    raw.end();
    await gateway.waybill.end();
    await sandbox.end();
  }
};

/** The two by turns, after a warm-up of each. */
const throughput = (sessions: number, each: number): Promise<Measured> =>
  withBoth(sessions, async ({ raw, gateway }) => {
    await gateway.getAcquainted();
    await raw.throughput('warm', floorSeconds);
    await gateway.send(each);
    const measured: { floor: number; product: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { rate } = await raw.throughput('warm', floorSeconds);
      measured.push({ floor: rate, product: await gateway.send(each) });
    }
    return {
      ratio: median(measured.map(({ floor, product }) => product / floor)),
      value: median(measured.map(({ product }) => product)),
      floor: median(measured.map(({ floor }) => floor)),
    };
  });

/** The same of messages that come in. */
const incoming = (sessions: number, each: number): Promise<Measured> =>
  withBoth(sessions, async ({ raw, gateway }) => {
    await gateway.getAcquainted();
    await raw.incoming(each);
    await gateway.receive(each);
    const measured: { floor: number; product: number; cpu: readonly [raw: number, service: number] }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { rate: floor, clientCpu } = await raw.incoming(each);
      const { rate: product, cpu } = await gateway.receive(each);
      measured.push({ floor, product, cpu: [clientCpu, cpu] });
    }
    const cpuOf = (which: 0 | 1): string => median(measured.map(({ cpu }) => cpu[which])).toFixed(1);
    return {
      ratio: median(measured.map(({ floor, product }) => product / floor)),
      value: median(measured.map(({ product }) => product)),
      floor: median(measured.map(({ floor }) => floor)),
      notes: [`CPU for each message: ${cpuOf(1)} ms, raw Baileys ${cpuOf(0)} ms`],
    };
  });

const budget = 10;
const timed = 100;

const latency = (): Promise<Measured> =>
  withBoth(1, async ({ raw, gateway }) => {
    await gateway.getAcquainted();
    await raw.latencies(timed);
    await gateway.latencies(timed);
    const [floor, product] = [median(await raw.latencies(timed)), median(await gateway.latencies(timed))];
    const added = product - floor;
    return {
      ratio: budget / Math.max(added, 0.5),
      value: added,
      floor: budget,
      notes: [
        `at the median, a message is at the phone ${product} ms after its request, ${floor} ms after raw Baileys' call`,
      ],
    };
  });

const sessionMegabytes = 1.5;
const restored = 50;

/** What the process holds for each further idle session, after a restart with one and with all of them. */
const idleMemory = async (): Promise<Measured> => {
  const sandbox = await startSandboxProcess();
  const gateway = await BenchGateway.start(sandbox);
  const memoryWith = async (sessions: number): Promise<number> => {
    await gateway.link(sessions);
    await gateway.waybill.shutDown();
    await gateway.waybill.boot();
    await gateway.connected();
    return gateway.waybill.memory();
  };
  try {
    const none = await memoryWith(0);
    const one = await memoryWith(1);
    const all = await memoryWith(restored - 1);
    const each = (all - one) / (restored - 1);
    return {
      ratio: sessionMegabytes / each,
      value: each,
      floor: sessionMegabytes,
      notes: [
        `${Math.round(none)} MB with none, ${Math.round(one)} MB with one, ${Math.round(all)} MB with ${restored}`,
      ],
    };
  } finally {
    await gateway.waybill.end();
    await sandbox.end();
  }
};

/** Seconds until all are connected again after the service listens, against raw Baileys that reconnects all at once. */
const restoring = (): Promise<Measured> =>
  withBoth(restored, async ({ raw, gateway }) => {
    const measured: { floor: number; product: number; boot: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { all } = await raw.reconnect();
      await gateway.waybill.shutDown();
      const begun = performance.now();
      await gateway.waybill.boot();
      const listening = performance.now();
      await gateway.connected();
      measured.push({
        floor: all / 1000,
        product: (performance.now() - listening) / 1000,
        boot: (listening - begun) / 1000,
      });
    }
    const of = (pick: (round: (typeof measured)[number]) => number): number => median(measured.map(pick));
    return {
      ratio: of(({ floor, product }) => floor / product),
      value: of(({ product }) => product),
      floor: of(({ floor }) => floor),
      notes: [`the service answers HTTP ${of(({ boot }) => boot).toFixed(1)} s after it was started`],
    };
  });

const many = 500;
const mostMegabytes = 1024;
const mostSeconds = 90;

/** Many idle sessions in one process: what it holds, and how it comes back after a restart while somebody asks over HTTP. */
const manySessions = async (): Promise<Measured> => {
  const sandbox = await startSandboxProcess();
  const gateway = await BenchGateway.start(sandbox, { WAYBILL_MAX_SESSIONS: String(many) });
  try {
    await gateway.link(many);
    await gateway.waybill.shutDown();
    await gateway.waybill.boot();
    const begun = performance.now();
    const answered = await gateway.askWhile(() => gateway.connected());
    const seconds = (performance.now() - begun) / 1000;
    const memory = gateway.waybill.memory();
    return {
      ratio: Math.min(mostMegabytes / memory, mostSeconds / seconds),
      value: memory,
      floor: mostMegabytes,
      notes: [
        `all connected again ${seconds.toFixed(1)} s after the service listened (aim: ${mostSeconds} s)`,
        `meanwhile ${answered.length} requests were answered, at the median in ${median(answered).toFixed(0)} ms, the slowest in ${Math.max(...answered).toFixed(0)} ms`,
      ],
    };
  } finally {
    await gateway.waybill.end();
    await sandbox.end();
  }
};

export const gatewayFigures: readonly Figure[] = [
  {
    name: 'gateway-throughput-1',
    product: 'texts sent by one session, from the first request until WhatsApp has the last',
    floor: 'raw Baileys on the same sandbox',
    unit: 'messages/s',
    aim: 0.85,
    run: () => throughput(1, 2500),
  },
  {
    name: 'gateway-throughput-50',
    product: 'texts sent by 50 sessions, from the first request until WhatsApp has the last',
    floor: 'raw Baileys on the same sandbox',
    unit: 'messages/s',
    aim: 0.85,
    run: () => throughput(50, 30),
  },
  {
    name: 'incoming-messages-1',
    product: 'texts received by one session, until the list of messages shows the last',
    floor: 'raw Baileys on the same sandbox',
    unit: 'messages/s',
    aim: 0.85,
    run: () => incoming(1, 100),
  },
  {
    name: 'incoming-messages-50',
    product: 'texts received by 50 sessions, until the list of messages shows the last',
    floor: 'raw Baileys on the same sandbox',
    unit: 'messages/s',
    aim: 0.85,
    run: () => incoming(50, 2),
  },
  {
    name: 'gateway-latency',
    product: 'added between request and phone, at the median',
    floor: `${budget} ms`,
    unit: 'ms',
    aim: 1,
    run: latency,
  },
  {
    name: 'gateway-memory',
    product: `resident memory for each further one of ${restored} idle sessions, after a restart`,
    floor: `${sessionMegabytes} MB`,
    unit: 'MB',
    aim: 1,
    run: idleMemory,
  },
  {
    name: 'gateway-restoring',
    product: `time until ${restored} sessions are connected again after a restart`,
    floor: 'raw Baileys, all at once',
    unit: 's',
    aim: 1 / 1.5,
    run: restoring,
  },
  {
    name: 'gateway-many-sessions',
    product: `resident memory with ${many} idle sessions in one process, after a restart`,
    floor: `${mostMegabytes} MB`,
    unit: 'MB',
    aim: 1,
    run: manySessions,
  },
];
