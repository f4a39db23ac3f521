import { setImmediate } from 'node:timers/promises';
import type { SavedAuth } from '../../sandbox/support/memory-auth.js';
import { waitUntil } from '../../sandbox/support/wait-until.js';
import { rawClientTimeoutMs, RawClient } from './raw-client.js';
import { serveCalls } from './rpc.js';
import { cpu, memory } from './usage.js';

/*
 * Raw Baileys clients in their own process, controlled by the parent.
 */

const concurrentSends = 10;
const clients: RawClient[] = [];

/** Sends to the contacts in turn, several messages at a time, while `more` returns true. */
async function sendOn(client: RawClient, contacts: readonly string[], more: (sent: number) => boolean): Promise<void> {
  let sent = 0;
  const sendInTurn = async (): Promise<void> => {
    while (more(sent)) {
      await client.send(contacts[sent++ % contacts.length] ?? '', `message ${sent}`);
      await setImmediate(); // lets the event loop process the sockets
    }
  };
  await Promise.all(Array.from({ length: concurrentSends }, sendInTurn));
}

const acknowledged = (): number => clients.reduce((sum, { acks }) => sum + acks, 0);
const received = (): number => clients.reduce((sum, each) => sum + each.received, 0);
const settled = (): Promise<unknown> => Promise.all(clients.map((client) => client.settled()));

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const calls = {
  cpu,
  memory,
  /** Creates a client. Resolves with the text of its QR code. */
  show: (url: string, ca?: string): Promise<string> => {
    const client = new RawClient(url, undefined, ca);
    clients.push(client);
    return client.showQr();
  },
  /** Resolves once the client (default: the newest) is logged in and synced after its QR code was scanned. */
  linked: async (index = -1): Promise<void> => clients.at(index)?.linked(),
  /** What another process needs to continue as these clients. */
  saved: (): readonly SavedAuth[] => clients.map((client) => client.saved()),
  /** Continues as the clients of another process, which has ended; resolves when all are logged in. */
  goOn: async (url: string, saved: readonly SavedAuth[]): Promise<void> => {
    clients.push(...saved.map((auth) => new RawClient(url, auth)));
    await Promise.all(clients.map((client) => client.connect()));
  },
  /** Sends a message. Resolves with its id. */
  write: async (index: number, to: string, text: string): Promise<string> =>
    (await clients[index]?.send(to, text)) ?? '',
  /** Resolves once all sent messages are confirmed by their recipients. */
  settled: async (): Promise<void> => void (await settled()),
  /**
   * All clients send to these contacts in turn, for some seconds, or once to each. Counts the acks in that time; resolves once
   * everything is confirmed.
   */
  send: async (contacts: readonly string[], { seconds = Infinity, once = false }) => {
    const before = acknowledged();
    const start = performance.now();
    const more = (sent: number): boolean =>
      performance.now() - start < seconds * 1000 && !(once && sent >= contacts.length);
    const took = await timed(() => Promise.all(clients.map((client) => sendOn(client, contacts, more))));
    const inTime = acknowledged() - before;
    await settled();
    return { inTime, seconds: took / 1000, all: acknowledged() - before };
  },
  /** Milliseconds to reconnect one client alone, and all at once. */
  reconnect: async () => {
    const [first] = clients;
    await first?.disconnect();
    const one = await timed(async () => first?.connect());
    await Promise.all(clients.map((client) => client.disconnect()));
    return { one, all: await timed(() => Promise.all(clients.map((client) => client.connect()))) };
  },
  /** The first client sends these texts to a contact, each after the previous one is confirmed. Returns the start times, in milliseconds since 1970. */
  sendTimed: async (contact: string, texts: readonly string[]): Promise<readonly number[]> => {
    const [client] = clients;
    const times: number[] = [];
    for (const text of texts) {
      times.push(Date.now());
      await client?.send(contact, text);
      await client?.settled();
    }
    return times;
  },
  /** The first client sends a file so many times, each after the previous one is confirmed. Returns the milliseconds that it took. */
  sendFile: (contact: string, path: string, times: number): Promise<number> =>
    timed(async () => {
      for (let sent = 0; sent < times; sent += 1) {
        await clients[0]?.sendFile(contact, path);
        await clients[0]?.settled();
      }
    }),
  received,
  /** Resolves once the clients have received that many messages. */
  receive: (count: number): Promise<unknown> =>
    waitUntil('all has arrived', () => received() >= count, rawClientTimeoutMs),
};
export type RawBaileysCalls = typeof calls;

serveCalls(calls);
