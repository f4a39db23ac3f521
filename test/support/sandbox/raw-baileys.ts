import type { RawBaileysCalls } from './raw-baileys.child.js';
import { start } from './rpc.js';
import type { SandboxProcess } from './sandbox-process.js';

/** What was sent and acknowledged, and what it cost each of the two processes. */
export type Throughput = {
  /** Acknowledged messages per second. */
  readonly rate: number;
  readonly messages: number;
  /** Milliseconds of CPU per message, with all that follows from it until its receiver has confirmed it. */
  readonly clientCpu: number;
  readonly sandboxCpu: number;
};

export type RawBaileys = {
  /** Milliseconds from the start of each client to the moment when it could send; its phone scans at once. */
  readonly pairTimes: readonly number[];
  /** Megabytes of the clients' process: without a client, with one, with all. */
  readonly memory: readonly [none: number, one: number, all: number];
  /**
   * All clients send at once, for so many seconds. Warm: to people who have answered each of them before. Cold: to people whom the
   * sandbox knows and no client does, once to each.
   */
  readonly throughput: (kind: 'warm' | 'cold', seconds: number) => Promise<Throughput>;
  /** Milliseconds that one client takes to reconnect, and all at once. */
  readonly reconnect: () => Promise<{ readonly one: number; readonly all: number }>;
  /** Milliseconds that each of so many messages took from the client's call until it was at an acquaintance's phone, one after the other. */
  readonly latencies: (count: number) => Promise<readonly number[]>;
  /** Milliseconds of CPU for each of so many messages to acquaintances, the first that a new process sends as the same clients. */
  readonly firstMessages: (count: number) => Promise<number>;
  readonly end: () => void;
};

const ACQUAINTANCES = 20;
/** More than one process can get to know in a second. */
const STRANGERS_PER_SECOND = 300;

/** Links that many raw Baileys clients, all in one process of their own, each to a phone of its own. */
export async function openRawBaileys(sandbox: SandboxProcess, sessions: number): Promise<RawBaileys> {
  const begin = () => start<RawBaileysCalls>('support/sandbox/raw-baileys.child.js', ['--expose-gc']);
  let { child, calls } = begin();
  const createPhones = async (count: number): Promise<readonly string[]> => {
    const numbers = Array.from({ length: count }, () => String(nextNumber++));
    await sandbox.ask.createPhones(numbers);
    return numbers;
  };

  const owners = await createPhones(sessions);
  const memory = [await calls.memory()];
  const pairTimes: number[] = [];
  for (const owner of owners) {
    const begun = performance.now();
    await sandbox.ask.scan(owner, await calls.show(sandbox.url));
    await calls.linked();
    pairTimes.push(performance.now() - begun);
    if (owner === owners[0]) memory.push(await calls.memory());
  }
  const [none = 0, one = 0] = memory;

  let acquaintances: readonly string[] | undefined;
  /** An answer ends the costlier way of writing to somebody for the first time. */
  const getAcquainted = async (): Promise<readonly string[]> => {
    const people = await createPhones(ACQUAINTANCES);
    await calls.send(people, { once: true });
    const before = await calls.received();
    await Promise.all(people.flatMap((person) => owners.map((owner) => sandbox.ask.say(person, owner, 'hello'))));
    await calls.receive(before + people.length * owners.length);
    return people;
  };

  return {
    pairTimes,
    memory: [none, one, await calls.memory()],
    throughput: async (kind, seconds) => {
      const cold = kind === 'cold';
      const people = cold
        ? await createPhones(Math.ceil((STRANGERS_PER_SECOND * seconds) / sessions))
        : (acquaintances ??= await getAcquainted());
      const [clientBefore, sandboxBefore] = await Promise.all([calls.cpu(), sandbox.ask.cpu()]);
      const sent = await calls.send(people, { seconds, once: cold });
      const [clientAfter, sandboxAfter] = await Promise.all([calls.cpu(), sandbox.ask.cpu()]);
      return {
        rate: sent.inTime / sent.seconds,
        messages: sent.all,
        clientCpu: (clientAfter - clientBefore) / sent.all,
        sandboxCpu: (sandboxAfter - sandboxBefore) / sent.all,
      };
    },
    reconnect: () => calls.reconnect(),
    latencies: async (count) => {
      const [person = ''] = (acquaintances ??= await getAcquainted());
      const texts = Array.from({ length: count }, (_, index) => `timed ${index}`);
      const begun = await calls.sendTimed(person, texts);
      const arrived = await arrivals(sandbox, person);
      return texts.map((text, index) => (arrived.get(text) ?? Infinity) - (begun[index] ?? 0));
    },
    firstMessages: async (count) => {
      const people = (acquaintances ??= await getAcquainted());
      const saved = await calls.saved();
      child.kill();
      ({ child, calls } = begin());
      await calls.goOn(sandbox.url, saved);
      const before = await calls.cpu();
      const inTurn = Array.from({ length: count }, (_, index) => people[index % people.length] ?? '');
      const { all } = await calls.send(inTurn, { once: true });
      return ((await calls.cpu()) - before) / all;
    },
    end: () => void child.kill(),
  };
}

let nextNumber = 491_600_000_000;

/** When each text was last received by a phone, in milliseconds since 1970. */
export const arrivals = async (sandbox: SandboxProcess, number: string): Promise<ReadonlyMap<string, number>> =>
  new Map(
    (await sandbox.ask.messages(number)).map(({ text, receivedAt }) => [text ?? '', Date.parse(receivedAt ?? '')]),
  );
