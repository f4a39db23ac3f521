import type { RawBaileysCalls } from './raw-baileys.child.js';
import { forkChild } from './rpc.js';
import type { SandboxProcess } from './sandbox-process.js';

/** Throughput, and its CPU cost in the two processes. */
export type Throughput = {
  /** Acknowledged messages per second. */
  readonly rate: number;
  readonly messages: number;
  /** Milliseconds of CPU per message, until its recipient has confirmed it. */
  readonly clientCpu: number;
  readonly sandboxCpu: number;
};

export type RawBaileys = {
  /** Milliseconds per client from start until it can send; its phone scans at once. */
  readonly pairTimes: readonly number[];
  /** Megabytes of the client process without clients, with one, and with all. */
  readonly memory: readonly [none: number, one: number, all: number];
  /**
   * All clients send at once for some seconds. Warm: to contacts who have answered each of them before. Cold: once to each of many
   * contacts that exist but are new to the clients.
   */
  readonly throughput: (kind: 'warm' | 'cold', seconds: number) => Promise<Throughput>;
  /** Milliseconds to reconnect one client, and all at once. */
  readonly reconnect: () => Promise<{ readonly one: number; readonly all: number }>;
  /** Milliseconds from the client's call until a warm contact has received the message, for messages sent one after the other. */
  readonly latencies: (count: number) => Promise<readonly number[]>;
  /** Milliseconds of CPU for each of so many messages to acquaintances, the first that a new process sends as the same clients. */
  readonly firstMessages: (count: number) => Promise<number>;
  /** Acquaintances write so many messages to each client, one after the other in each chat. Messages received per second, and the client process's milliseconds of CPU for each. */
  readonly incoming: (each: number) => Promise<{ readonly rate: number; readonly clientCpu: number }>;
  /** Milliseconds that a client takes to send a file to an acquaintance so many times, each after the one before is confirmed. */
  readonly sendFile: (path: string, times: number) => Promise<number>;
  readonly end: () => void;
};

const warmContactCount = 20;
/** More than one process can reach. */
const maxColdSendsPerSecond = 300;

/** Links raw Baileys clients in one separate process, each to its own phone. */
export async function openRawBaileys(sandbox: SandboxProcess, sessions: number): Promise<RawBaileys> {
  const begin = () => forkChild<RawBaileysCalls>('support/sandbox/raw-baileys.child.js', ['--expose-gc']);
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
    await sandbox.ask.scan(owner, await calls.show(sandbox.url, sandbox.caCertificate));
    await calls.linked();
    pairTimes.push(performance.now() - begun);
    if (owner === owners[0]) memory.push(await calls.memory());
  }
  const [none = 0, one = 0] = memory;

  let warmContacts: readonly string[] | undefined;
  /** Creates contacts that have answered: messages to contacts who have not are more expensive. */
  const createWarmContacts = async (): Promise<readonly string[]> => {
    const people = await createPhones(warmContactCount);
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
        ? await createPhones(Math.ceil((maxColdSendsPerSecond * seconds) / sessions))
        : (warmContacts ??= await createWarmContacts());
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
      const [person = ''] = (warmContacts ??= await createWarmContacts());
      const texts = Array.from({ length: count }, (_, index) => `timed ${index}`);
      const begun = await calls.sendTimed(person, texts);
      const arrived = await arrivals(sandbox, person);
      return texts.map((text, index) => (arrived.get(text) ?? Infinity) - (begun[index] ?? 0));
    },
    firstMessages: async (count) => {
      const people = (warmContacts ??= await createWarmContacts());
      const saved = await calls.saved();
      child.kill();
      ({ child, calls } = begin());
      await calls.goOn(sandbox.url, saved);
      const before = await calls.cpu();
      const inTurn = Array.from({ length: count }, (_, index) => people[index % people.length] ?? '');
      const { all } = await calls.send(inTurn, { once: true });
      return ((await calls.cpu()) - before) / all;
    },
    incoming: async (each) => {
      const people = (warmContacts ??= await createWarmContacts());
      const all = people.length * owners.length * each;
      const [before, cpuBefore] = await Promise.all([calls.received(), calls.cpu()]);
      const begun = performance.now();
      await Promise.all([writeToAll(sandbox, { people, owners, each }), calls.receive(before + all)]);
      const rate = (all / (performance.now() - begun)) * 1000;
      return { rate, clientCpu: ((await calls.cpu()) - cpuBefore) / all };
    },
    sendFile: async (path, times) => {
      const [person = ''] = (warmContacts ??= await createWarmContacts());
      return calls.sendFile(person, path, times);
    },
    end: () => void child.kill(),
  };
}

let nextNumber = 491_600_000_000;

type Chats = { readonly people: readonly string[]; readonly owners: readonly string[]; readonly each: number };

/** Everybody writes so many messages to every owner: all chats at once, one message after the other in each. The last one has its own text. */
export const writeToAll = async (
  sandbox: SandboxProcess,
  { people, owners, each }: Chats,
  last = 'hello',
): Promise<void> => {
  const chat = async (person: string, owner: string): Promise<void> => {
    for (let left = each; left > 0; left -= 1) await sandbox.ask.say(person, owner, left === 1 ? last : 'hello');
  };
  await Promise.all(people.flatMap((person) => owners.map((owner) => chat(person, owner))));
};

/** Time at which a phone last received each text, in milliseconds since 1970. */
export const arrivals = async (sandbox: SandboxProcess, number: string): Promise<ReadonlyMap<string, number>> =>
  new Map(
    (await sandbox.ask.messages(number)).map(({ text, receivedAt }) => [text ?? '', Date.parse(receivedAt ?? '')]),
  );
