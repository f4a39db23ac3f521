/** Runs as a process of its own: reconnects a session many times, and prints the cost of a message and of an await before and after. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '#lib/whatsapp-sandbox';
import { Gateway } from './gateway.js';

export type ReconnectCost = {
  readonly reconnects: number;
  /** Milliseconds of 1000 awaits. */
  readonly awaits: { readonly before: number; readonly after: number };
  /** Milliseconds of processor time for one message, including the sandbox. */
  readonly message: { readonly before: number; readonly after: number };
  /** Megabytes. */
  readonly heap: { readonly before: number; readonly after: number };
};

const RECONNECTS = Number(process.argv[2] ?? 300);
const MESSAGES = 100;

/** The best of several runs, since other processes can only slow it down. */
async function awaits(): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < 20; round += 1) {
    const start = performance.now();
    for (let i = 0; i < 1000; i += 1) await (async () => i)();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

const directory = await mkdtemp(join(tmpdir(), 'reconnects-'));
const sandbox = await startSandbox();
const gateway = await Gateway.open(directory, sandbox);
const phone = sandbox.phones.create();
const friend = sandbox.phones.create();
await gateway.link(phone);

let sent = 0;
async function message(): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < MESSAGES; i += 1) await gateway.send(friend, `message ${(sent += 1)}`);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / MESSAGES;
}

const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

await message();
const before = { awaits: await awaits(), message: await message(), heap: heap() };
for (let i = 0; i < RECONNECTS; i += 1) {
  await gateway.connections.stop('one');
  await gateway.start();
  gateway.reports.length = 0;
}
await message();
const after = { awaits: await awaits(), message: await message(), heap: heap() };
const cost: ReconnectCost = {
  reconnects: RECONNECTS,
  awaits: { before: before.awaits, after: after.awaits },
  message: { before: before.message, after: after.message },
  heap: { before: before.heap, after: after.heap },
};
await gateway.close();
await sandbox.stop();
await rm(directory, { recursive: true });
process.stdout.write(JSON.stringify(cost), () => process.exit());
