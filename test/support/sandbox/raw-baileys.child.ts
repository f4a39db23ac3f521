import { setImmediate } from 'node:timers/promises';
import { eventually } from '../../sandbox/support/eventually.js';
import type { SavedAuth } from '../../sandbox/support/memory-auth.js';
import { PATIENCE_MS, RawClient } from './raw-client.js';
import { serve } from './rpc.js';
import { cpu, memory } from './usage.js';

/*
 * Raw Baileys clients in a process of their own, steered by its parent.
 */

const LANES = 10;
const clients: RawClient[] = [];

/** Sends to one contact after the other, in several lanes at once, for as long as `more` says. */
async function sendOn(client: RawClient, contacts: readonly string[], more: (sent: number) => boolean): Promise<void> {
  let sent = 0;
  const lane = async (): Promise<void> => {
    while (more(sent)) {
      await client.send(contacts[sent++ % contacts.length] ?? '', `message ${sent}`);
      await setImmediate(); // else the event loop would hardly get to the sockets
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
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
  /** A new client; resolves with what its QR code says. */
  show: (url: string): Promise<string> => {
    const client = new RawClient(url);
    clients.push(client);
    return client.showQr();
  },
  /** After the QR code was scanned: resolves when the client, the newest one by default, is logged in and has all that came with that. */
  linked: async (index = -1): Promise<void> => clients.at(index)?.linked(),
  /** What another process needs to go on as these clients. */
  saved: (): readonly SavedAuth[] => clients.map((client) => client.saved()),
  /** Goes on as the clients of another process, which has ended; resolves when all are logged in. */
  goOn: async (url: string, saved: readonly SavedAuth[]): Promise<void> => {
    clients.push(...saved.map((auth) => new RawClient(url, auth)));
    await Promise.all(clients.map((client) => client.connect()));
  },
  /** Sends one message, and resolves with its id. */
  write: async (index: number, to: string, text: string): Promise<string> =>
    (await clients[index]?.send(to, text)) ?? '',
  /** Resolves when everything that was sent is confirmed by its receivers. */
  settled: async (): Promise<void> => void (await settled()),
  /**
   * Lets all clients send to these contacts in turn, for so long, or until each of them has written to all of them once. Counts
   * what was acknowledged in that time; resolves when all of it is.
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
  /** Milliseconds that the clients take to reconnect: one alone, and all of them at once. */
  reconnect: async () => {
    const [first] = clients;
    await first?.disconnect();
    const one = await timed(async () => first?.connect());
    await Promise.all(clients.map((client) => client.disconnect()));
    return { one, all: await timed(() => Promise.all(clients.map((client) => client.connect()))) };
  },
  /** Lets the first client write these texts to a contact, each when the one before is confirmed. When it began with each, in milliseconds since 1970. */
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
  received,
  /** Resolves when the clients have received that many messages. */
  receive: (count: number): Promise<unknown> => eventually('all has arrived', () => received() >= count, PATIENCE_MS),
};
export type RawBaileysCalls = typeof calls;

serve(calls);
