import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { EventStreamClient } from '../support/event-stream.js';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { SocketClient } from '../support/socket-client.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

let waybill: Waybill;
let client: MessagesClient;
let friend: SandboxPhone;

beforeAll(async () => {
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone();
  await client.call(`POST /v1/sessions/${client.session.id}/stop`); // what is sent waits: an event costs nothing else
}, 240_000);

afterAll(() => waybill.end());

/** Each may cost a megabyte, beside what it takes to accept and tell as much as is sent. */
const lazyReaders = 30;
const memoryOfSendingMb = 150;
/** Twelve megabytes. */
const [count, length] = [200, 60_000];

const rudeClients = 6;
/** Fifteen megabytes. */
const framesOfEach = 1000;
/** What else may come and go meanwhile. */
const slackMb = 60;
const delayMs = 10_000;

const apiKey = (): string => client.session.user.key;
const openStream = (after?: string): Promise<EventStreamClient> =>
  EventStreamClient.open(
    `${waybill.url}/v1/events?types=message.queued${after === undefined ? '' : `&after=${after}`}`,
    { 'x-api-key': apiKey() },
  );
const openSocket = async (after?: string): Promise<SocketClient> => {
  const socket = await SocketClient.open(waybill.url);
  await socket.ask({ auth: { apiKey: apiKey() } });
  await socket.ask({ subscribe: { types: ['message.queued'], ...(after !== undefined && { after }) } });
  return socket;
};

const sendAll = async (): Promise<void> => {
  for (let sent = 0; sent < count; sent += 1) await client.send(friend, 'x'.repeat(length));
};
const cuts = (): number => waybill.output().split('"slow_reader"').length - 1;

describe('a stream of events whose client takes nothing', () => {
  it('is cut, delays nobody, and goes on where it was', async () => {
    const { port } = new URL(waybill.url);
    const fast = await openStream();
    await eventually(() => fast.lastId !== undefined);
    const from = fast.lastId!;
    const lazy = Array.from({ length: lazyReaders }, () => connect(Number(port), '127.0.0.1'));
    for (const reader of lazy) {
      reader.on('error', () => undefined);
      reader.write(`GET /v1/events?types=message.queued HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: ${apiKey()}\r\n\r\n`);
      await new Promise((resolve) => reader.once('data', resolve));
      reader.pause();
    }
    const [before, memoryBefore] = [cuts(), waybill.memory()];
    await sendAll();
    await eventually(() => fast.events.length === count);
    // All that was written to them would be 12 MB for each.
    expect(waybill.memory() - memoryBefore).toBeLessThan(lazyReaders + memoryOfSendingMb);
    await eventually(() => cuts() >= before + lazyReaders, 60_000);
    for (const reader of lazy) reader.destroy();
    const resumed = await openStream(from);
    await eventually(() => resumed.events.length === count);
    expect(resumed.events.map(({ id }) => id)).toEqual(fast.events.map(({ id }) => id));
    resumed.cut();
    fast.cut();
  }, 240_000);
});

describe('a WebSocket whose client takes nothing', () => {
  it('is cut, delays nobody, and goes on where it was', async () => {
    const fast = await openSocket();
    const { cursor } = (await fast.ask({ subscribe: { types: ['message.queued'] } }))['subscribed'] as {
      readonly cursor: string;
    };
    const lazy = await Promise.all(Array.from({ length: lazyReaders }, () => openSocket()));
    for (const reader of lazy) reader.pause();
    const [before, memoryBefore] = [cuts(), waybill.memory()];
    await sendAll();
    await eventually(() => fast.events.length === count);
    // All that was written to them would be 12 MB for each.
    expect(waybill.memory() - memoryBefore).toBeLessThan(lazyReaders + memoryOfSendingMb);
    await eventually(() => cuts() >= before + lazyReaders, 60_000);
    const resumed = await openSocket(cursor);
    await eventually(() => resumed.events.length === count);
    expect(resumed.events.map(({ id }) => id)).toEqual(fast.events.map(({ id }) => id));
    for (const reader of [...lazy, resumed, fast]) reader.cut();
  }, 240_000);

  it.each([
    ['pings', true, () => ({ ping: 'x'.repeat(15_000) })],
    ['pings without saying who it is', false, () => ({ ping: 'x'.repeat(15_000) })],
  ])(
    'is not read any more while it does not take the answers, and cut: it sends %s',
    async (_what, isKnown, frame) => {
      const [before, memoryBefore, asking] = [cuts(), waybill.memory(), await openSocket()];
      const rude = await Promise.all(
        Array.from({ length: rudeClients }, () => (isKnown ? openSocket() : SocketClient.open(waybill.url))),
      );
      for (const client of rude) client.pause();
      const flooding = rude.map(async (client) => {
        for (let sent = 0; sent < framesOfEach; sent += 1) await client.say(frame());
      });
      const askedAtMs = performance.now();
      expect(await asking.ask({ ping: 1 })).toEqual({ pong: 1 });
      expect(performance.now() - askedAtMs).toBeLessThan(delayMs);
      let [most, isOver] = [0, false];
      void Promise.all(flooding).then(() => (isOver = true));
      await eventually(() => {
        most = Math.max(most, waybill.memory());
        return isOver;
      }, 60_000);
      expect(most - memoryBefore).toBeLessThan(rudeClients + slackMb);
      if (isKnown) await eventually(() => cuts() >= before + rudeClients);
      for (const client of rude) client.cut();
      asking.cut();
    },
    120_000,
  );
});
