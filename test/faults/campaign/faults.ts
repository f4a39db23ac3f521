import { setTimeout as delay } from 'node:timers/promises';
import type { Pace } from './outgoing.js';
import type { Random } from './random.js';
import { storeFaults } from './store-faults.js';
import type { Stores } from './stores.js';
import type { World } from './world.js';

type Fault = (world: World, random: Random) => Promise<string>;

const hourMs = 3_600_000;
const tinyFileBytes = 1_024;

const numberOf = (world: World, random: Random): string => random.pick(world.parties).session.phone.number;

/** Faults of whole processes, and of the clock: one at a time. */
const processFaults = {
  kill: async (world, random) => {
    await world.waybill.kill();
    const awayMs = random.between(0, 2_000);
    await delay(awayMs);
    await world.waybill.boot();
    return `killed the service, started again after ${Math.round(awayMs)} ms`;
  },
  'kill-sandbox': async (world, random) => {
    const awayMs = random.between(0, 4_000);
    await world.sandbox.replaceProcess(awayMs);
    return `WhatsApp was away for ${Math.round(awayMs)} ms`;
  },
  pause: async (world, random) => {
    const pausedMs = random.between(500, 12_000);
    world.waybill.signal('SIGSTOP');
    await delay(pausedMs);
    world.waybill.signal('SIGCONT');
    return `paused the service for ${Math.round(pausedMs)} ms`;
  },
  'full-disk': async (world, random) => {
    const fullMs = random.between(500, 3_000);
    world.waybill.limitFiles(tinyFileBytes);
    await delay(fullMs);
    world.waybill.limitFiles(undefined);
    return `the disk was full for ${Math.round(fullMs)} ms`;
  },
  clock: async (world, random) => {
    const shiftMs = Math.round(random.between(-hourMs, hourMs));
    await world.clock.shift(shiftMs);
    return `set the service's clock to ${Math.round(shiftMs / 1_000)} s off`;
  },
} as const satisfies { readonly [kind: string]: Fault };

const inject = async (world: World, fault: object): Promise<string> => {
  await world.sandbox.ask('POST /faults', fault);
  return JSON.stringify(fault);
};

/** Faults of connections and of what WhatsApp answers. */
const wireFaults = {
  drop: (world, random) => inject(world, { kind: 'drop', number: numberOf(world, random) }),
  freeze: (world, random) =>
    inject(world, { kind: 'freeze', number: numberOf(world, random), ...(random.chance(0.5) && { ms: 3_000 }) }),
  'lose-ack': (world, random) =>
    inject(world, { kind: 'lose-ack', number: numberOf(world, random), count: random.integer(1, 3) }),
  'slow-ack': (world, random) =>
    inject(world, { kind: 'slow-ack', number: numberOf(world, random), ms: random.integer(500, 8_000), count: 2 }),
  nack: (world, random) =>
    inject(world, { kind: 'nack', number: numberOf(world, random), code: random.pick([400, 463, 479, 500]) }),
  'lose-receipt': (world, random) => {
    const laterMs = random.pick([0, 1_000, 60_000]);
    const number = numberOf(world, random);
    return inject(world, { kind: 'lose-receipt', number, count: random.integer(1, 5), ms: laterMs });
  },
  'stream-error': (world, random) =>
    inject(world, { kind: 'stream-error', number: numberOf(world, random), code: random.pick([503, 515]) }),
  unavailable: (world, random) => inject(world, { kind: 'upgrade-error', code: 503, count: random.integer(1, 4) }),
  replaced: (world, random) => inject(world, { kind: 'replaced', number: numberOf(world, random) }),
} as const satisfies { readonly [kind: string]: Fault };

/** @throws {Error} the world has no such servers. */
const onStores =
  (fault: (stores: Stores, random: Random) => Promise<string>): Fault =>
  ({ stores }, random) => {
    if (!stores) throw new Error('The stores of this world are not on servers');
    return fault(stores, random);
  };

const families = {
  process: processFaults,
  wire: wireFaults,
  store: Object.fromEntries(
    Object.entries(storeFaults).map(([kind, fault]): readonly [string, Fault] => [kind, onStores(fault)]),
  ),
} as const satisfies { readonly [family: string]: { readonly [kind: string]: Fault } };

export type Family = keyof typeof families;

/** The faults that a run injects unless it is told which: of a service that keeps its data itself, and of one with its stores on servers. */
export const usualFaults: readonly string[] = Object.keys({ ...processFaults, ...wireFaults });
export const faultsOfStores: readonly string[] = ['kill', 'pause', 'drop', 'lose-receipt', ...Object.keys(storeFaults)];

/** Injects those of the faults that are of one family, one after the other, until told to stop. Returns how often each happened. */
export async function injectFaults(
  world: World,
  family: Family,
  kinds: readonly string[],
  random: Random,
  pace: Pace,
): Promise<ReadonlyMap<string, number>> {
  const faults: { readonly [kind: string]: Fault } = families[family];
  const names = Object.keys(faults).filter((kind) => kinds.includes(kind));
  const counts = new Map<string, number>();
  let left: string[] = [];
  while (names.length > 0 && !pace.isOver()) {
    await delay(random.between(0.5 * pace.pauseMs, 1.5 * pace.pauseMs));
    if (left.length === 0) left = random.shuffle(names); // so that a short campaign has all of them
    const kind = left.pop()!;
    try {
      world.history.note('world', await faults[kind]!(world, random));
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    } catch (error) {
      if (family !== 'wire') throw error;
      world.history.note('world', `${kind} was not injected: the sandbox is away`);
    }
  }
  return counts;
}
