import { cpus, loadavg } from 'node:os';
import { openRawBaileys, type RawBaileys, type Throughput } from '../support/sandbox/raw-baileys.js';
import { startSandboxProcess } from '../support/sandbox/sandbox-process.js';
import { median, type Figure, type Measured } from './harness.js';

const SECONDS = 4;
const ROUNDS = 3;

/**
 * What the WhatsApp sandbox costs: its CPU per message against a third of what raw Baileys spends on the same message, each in a
 * process of its own. The notes are about Baileys itself, and the floor of everything that is built on it.
 */
export const sandboxCost: readonly Figure[] = [1, 50].map((sessions) => ({
  name: `sandbox-cost-${sessions}`,
  product: `sandbox's CPU per message, ${sessions === 1 ? 'one session' : `${sessions} sessions`} writing to acquaintances`,
  floor: 'a third of what raw Baileys spends on it',
  unit: 'ms',
  aim: 1,
  run: () => measure(sessions),
}));

async function measure(sessions: number): Promise<Measured> {
  const sandbox = await startSandboxProcess({}, ['--expose-gc']);
  const empty = await sandbox.ask.memory();
  const raw = await openRawBaileys(sandbox, sessions);
  try {
    const full = await sandbox.ask.memory();
    await raw.throughput('warm', 2 * SECONDS); // the engines of both processes have to see the code first
    const warm = await rounds(raw, 'warm');
    const cold = await rounds(raw, 'cold');
    const [none, one, all] = raw.memory;
    const { one: alone, all: together } = await raw.reconnect();
    const many = sessions > 1;
    return {
      ratio: median(warm.map(({ clientCpu, sandboxCpu }) => clientCpu / 3 / sandboxCpu)),
      value: median(warm.map(({ sandboxCpu }) => sandboxCpu)),
      floor: median(warm.map(({ clientCpu }) => clientCpu / 3)),
      notes: [
        `raw Baileys, ${sessions} at once, to acquaintances: ${describe(warm)}`,
        `raw Baileys, ${sessions} at once, to strangers: ${describe(cold)}`,
        `linking takes ${Math.round(median(raw.pairTimes))} ms, reconnecting ${Math.round(alone)} ms alone` +
          (many ? ` and ${Math.round(together)} ms all at once` : ''),
        `memory of the clients: ${Math.round(none)} MB, ${Math.round(one)} MB with one` +
          (many ? `, ${((all - one) / (sessions - 1)).toFixed(2)} MB for each further one` : ''),
        `memory of the sandbox: ${Math.round(empty)} MB, ${Math.round(full)} MB with all of them` +
          (many ? `, ${((full - empty) / sessions).toFixed(2)} MB for each` : ''),
        `load of the machine: ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores`,
      ],
    };
  } finally {
    raw.end();
    await sandbox.end();
  }
}

async function rounds(raw: RawBaileys, kind: 'warm' | 'cold'): Promise<readonly Throughput[]> {
  const measured: Throughput[] = [];
  for (let round = 0; round < ROUNDS; round++) measured.push(await raw.throughput(kind, SECONDS));
  return measured;
}

function describe(measured: readonly Throughput[]): string {
  const rates = measured.map(({ rate }) => rate);
  const [lowest, highest] = [Math.min(...rates), Math.max(...rates)].map(Math.round);
  const cpu = median(measured.map(({ clientCpu }) => clientCpu)).toFixed(2);
  const sandboxCpu = median(measured.map((each) => each.sandboxCpu)).toFixed(2);
  const share = median(measured.map((each) => each.sandboxCpu / each.clientCpu)).toFixed(2);
  return (
    `${Math.round(median(rates))} a second (${lowest} to ${highest}), ` +
    `${cpu} ms CPU each, the sandbox's ${sandboxCpu} (${share} of it)`
  );
}
