import { BenchGateway } from '../support/http-load/gateway.js';
import { openRawBaileys } from '../support/sandbox/raw-baileys.js';
import { startSandboxProcess } from '../support/sandbox/sandbox-process.js';
import { median, type Figure, type Measured } from './harness.js';

const messages = 300;
const rounds = 3;
const mostCpuMs = 5;

/** Each round is a start of its own: only the first messages after it count. */
const measure = async (): Promise<Measured> => {
  const sandbox = await startSandboxProcess();
  const raw = await openRawBaileys(sandbox, 1);
  const gateway = await BenchGateway.start(sandbox);
  const cpuEach = async (): Promise<number> => {
    const before = gateway.waybill.cpu();
    await gateway.send(messages);
    return (gateway.waybill.cpu() - before) / messages;
  };
  try {
    await gateway.link(1);
    await gateway.getAcquainted();
    const measured: { floor: number; first: number; next: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const floor = await raw.firstMessages(messages);
      await gateway.waybill.shutDown();
      await gateway.waybill.boot();
      await gateway.connected();
      await gateway.waybill.logIn(); // a password takes as much as ten messages
      measured.push({ floor, first: await cpuEach(), next: await cpuEach() });
    }
    const of = (pick: (round: (typeof measured)[number]) => number): number => median(measured.map(pick));
    const value = of(({ first }) => first);
    return {
      ratio: mostCpuMs / value,
      value,
      floor: mostCpuMs,
      notes: [
        `the next ${messages} cost ${of(({ next }) => next).toFixed(1)} ms each`,
        `raw Baileys spends ${of(({ floor }) => floor).toFixed(1)} ms on each of its first ${messages}`,
      ],
    };
  } finally {
    raw.end();
    await gateway.waybill.end();
    await sandbox.end();
  }
};

export const firstMessages: readonly Figure[] = [
  {
    name: 'first-messages',
    product: `CPU for each of the first ${messages} texts after a start, from the first request until WhatsApp has the last`,
    floor: `${mostCpuMs} ms`,
    unit: 'ms',
    aim: 1,
    run: measure,
  },
];
