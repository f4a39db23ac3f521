import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '../support/eventually.js';
import { Waybill, type TestUser } from '../support/waybill.js';
import { compare, median, type Figure, type Measured } from './harness.js';

/** With connections to open; without, only to tell how far it is. */
export type ReadersOrder =
  Record<string, never> | { readonly port: number; readonly request: string; readonly connections: number };
export type ReadersAnswer = { readonly open: number; readonly events: number };

const idleReaders = 2000;
const mostIdleMegabytes = 100;
const busyReaders = 1000;
const eventsPerRound = 100;
const rounds = 3;
const timeoutMs = 120_000;
const latencyMessages = 300;
const medianAimMs = 25;

/** Many readers in a process of their own. */
class Readers {
  private readonly child = fork(new URL('live-readers.child.js', import.meta.url));

  async ask(order: ReadersOrder = {}): Promise<ReadersAnswer> {
    this.child.send(order);
    const [answer] = (await once(this.child, 'message')) as [ReadersAnswer];
    return answer;
  }

  /** Resolves when they have had so many events, all together. */
  async had(events: number): Promise<void> {
    await eventually(async () => (await this.ask()).events >= events, timeoutMs);
  }

  stop(): void {
    this.child.kill();
  }
}

const started = (): Promise<Waybill> =>
  Waybill.start({ WAYBILL_HTTP_MAX_CONNECTIONS_PER_ADDRESS: '4000', WAYBILL_OUTBOUND_ALLOW: '127.0.0.1' });

const requestFor = (path: string, key = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Api-Key: ${key}\r\nAccept: text/event-stream\r\n\r\n`;

const open = async (readers: Readers, waybill: Waybill, { key }: TestUser, connections: number): Promise<void> => {
  const port = Number(new URL(waybill.url).port);
  await readers.ask({ port, request: requestFor('/v1/events?types=message.*', key), connections });
};

const idle = async (): Promise<Measured> => {
  const waybill = await started();
  const readers = new Readers();
  try {
    const user = await waybill.newUser({ requestsPerMinute: 100_000 });
    await open(readers, waybill, user, 10); // what the first ones load is not theirs
    const before = waybill.memory();
    await open(readers, waybill, user, idleReaders);
    const value = Math.max(1, waybill.memory() - before);
    return { ratio: mostIdleMegabytes / value, value, floor: mostIdleMegabytes };
  } finally {
    readers.stop();
    await waybill.end();
  }
};

/** Accepts messages for a session that is stopped: each is one public event. */
const accept = async (waybill: Waybill, { key }: TestUser, sessionId: string): Promise<void> => {
  let left = eventsPerRound;
  const next = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const body = { sessionId, to: '+491700000001', type: 'text', text: { body: 'Your parcel is here.' } };
      await waybill.call('POST /v1/messages', { key, body });
    }
  };
  await Promise.all(Array.from({ length: 10 }, next));
};

const broadcast = async (): Promise<Measured> => {
  const waybill = await started();
  const bare = fork(new URL('live-broadcast.child.js', import.meta.url));
  const [{ port }] = (await once(bare, 'message')) as [{ readonly port: number }];
  const [ofBare, ofProduct] = [new Readers(), new Readers()];
  try {
    const user = await waybill.newUser();
    const session = await waybill.link(user);
    await waybill.call(`POST /v1/sessions/${session.id}/stop`, { key: user.key });
    await waybill.until(user, session.id, { status: 'stopped' });
    await ofBare.ask({ port, request: requestFor('/'), connections: busyReaders });
    const port2 = Number(new URL(waybill.url).port);
    const request = requestFor('/v1/events?types=message.queued', user.key);
    await ofProduct.ask({ port: port2, request, connections: busyReaders });
    const work = (readers: Readers, happen: () => Promise<void> | void) => async (): Promise<number> => {
      const { events } = await readers.ask();
      await happen();
      await readers.had(events + busyReaders * eventsPerRound);
      return eventsPerRound;
    };
    return await compare({
      rounds,
      floor: work(ofBare, () => tell(bare)),
      product: work(ofProduct, () => accept(waybill, user, session.id)),
    });
  } finally {
    for (const readers of [ofBare, ofProduct]) readers.stop();
    bare.kill();
    await waybill.end();
  }
};

/** About as long as what the service sends. */
const bareBody = `{"id":"${'x'.repeat(1100)}"}`;
const tell = (bare: ChildProcess): void => void bare.send({ body: bareBody, events: eventsPerRound });

/** From the request to the sandbox that lets a phone write until the webhook's receiver has the request. */
const latency = async (): Promise<Measured> => {
  const waybill = await started();
  const receiver = fork(new URL('webhook-receiver.child.js', import.meta.url));
  const [{ port }] = (await once(receiver, 'message')) as [{ readonly port: number }];
  const count = async (): Promise<number> => {
    receiver.send('count');
    return ((await once(receiver, 'message')) as [{ readonly count: number }])[0].count;
  };
  try {
    const user = await waybill.newUser({ maxWebhooks: 1 });
    const { phone } = await waybill.link(user);
    const friend = await waybill.sandbox.newPhone();
    const body = { url: `http://127.0.0.1:${port}/`, events: ['message.received'] };
    await waybill.call('POST /v1/webhooks', { key: user.key, body });
    const times: number[] = [];
    for (let number = 0; number < latencyMessages; number += 1) {
      const [before, begun] = [await count(), performance.now()];
      await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, {
        to: phone.number,
        type: 'text',
        text: { body: String(number) },
      });
      while ((await count()) === before) if (performance.now() - begun > timeoutMs) throw new Error('Nothing came');
      times.push(performance.now() - begun);
    }
    const warm = times.slice(latencyMessages / 3).toSorted((one, other) => one - other);
    const value = median(warm);
    const p99 = warm[Math.floor(warm.length * 0.99)] ?? 0;
    return {
      ratio: medianAimMs / value,
      value,
      floor: medianAimMs,
      notes: [`${p99.toFixed(1)} ms at the 99th percentile`],
    };
  } finally {
    receiver.kill();
    await waybill.end();
  }
};

export const liveFigures: readonly Figure[] = [
  {
    name: 'live-idle-memory',
    product: `memory of ${idleReaders.toLocaleString('en')} readers of live events to whom nothing happens`,
    floor: `${mostIdleMegabytes} MB`,
    unit: 'MB',
    aim: 1,
    run: idle,
  },
  {
    name: 'live-broadcast',
    product: `accepted messages that ${busyReaders.toLocaleString('en')} readers hear of`,
    floor: 'writes of as many bytes to as many connections by hand',
    unit: 'events/s',
    aim: 0.6,
    run: broadcast,
  },
  {
    name: 'webhook-latency',
    product: 'from a phone that writes to the request at the webhook, one after the other',
    floor: `${medianAimMs} ms at the median`,
    unit: 'ms',
    aim: 1,
    run: latency,
  },
];
