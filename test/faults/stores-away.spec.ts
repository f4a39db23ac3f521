import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { EventStoreDbServer } from '../support/eventstoredb-server/index.js';
import { eventually } from '../support/eventually.js';
import { MessagesClient, shownTexts } from '../support/messages-client.js';
import { MongoServer } from '../support/mongodb-server/server.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

/** Longer than any time-out of the clients. */
const awayMs = 30_000;
/** How long one request may take while a store is away. */
const maxAnswerMs = 20_000;
/** Within this time after the stores are back, requests are accepted again, and as long after that, all that waited is delivered. */
const maxRecoveryMs = 30_000;
/** All messages go to one chat, one after the other: there must not be more than are delivered in that time. */
const messagesOfEach = 30;
const betweenMessagesMs = 1000;

let log: EventStoreDbServer;
let database: MongoServer;
let waybill: Waybill;
let client: MessagesClient;
let friend: SandboxPhone;

beforeAll(async () => {
  [log, database] = [await EventStoreDbServer.start(), await MongoServer.start()];
  waybill = await Waybill.start({
    EVENTSTORE_URL: log.url,
    MONGODB_URI: database.uri(),
    WAYBILL_MASTER_KEY: randomBytes(32).toString('base64'),
  });
  client = await MessagesClient.link(waybill);
  friend = await waybill.sandbox.newPhone({ name: 'Ada' });
}, 240_000);

afterAll(async () => {
  await waybill.end();
  await database.stop();
  await log.stop();
});

type Posted = { readonly text: string; readonly status: number; readonly tookMs: number; readonly retryAfter: number };

/** Sends one message after the other, each until it is accepted, as clients are told to, and notes every answer. Ends after a number of messages. */
class Traffic {
  readonly answers: Posted[] = [];
  readonly accepted = new Map<string, string>();
  private last = messagesOfEach;
  private readonly ended: Promise<void>;

  constructor(private readonly name: string) {
    this.ended = this.run();
  }

  /** Resolves when one more message is accepted, which is the last one. */
  async endWithNext(): Promise<void> {
    this.last = this.accepted.size + 1;
    await this.ended;
  }

  private async run(): Promise<void> {
    for (let n = 1; n <= this.last; n += 1) {
      const text = `${this.name} ${n}`;
      for (await this.post(text); !this.accepted.has(text); await this.post(text)) await pause(250);
      if (n < this.last) await pause(betweenMessagesMs);
    }
  }

  private async post(text: string): Promise<void> {
    const begunAt = performance.now();
    const body = { to: `+${friend.number}`, type: 'text', text: { body: text }, sessionId: client.session.id };
    const { status, body: answer, headers } = await client.post(body, { 'idempotency-key': text.replaceAll(' ', '-') });
    const tookMs = performance.now() - begunAt;
    this.answers.push({ text, status, tookMs, retryAfter: Number(headers['retry-after'] ?? 0) });
    if (status === 202) this.accepted.set(text, (answer as { readonly id: string }).id);
  }
}

const isReady = async (): Promise<boolean> => (await waybill.call('GET /health/ready')).status === 200;
const say = (text: string) =>
  waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, {
    to: client.session.phone.number,
    type: 'text',
    text,
  });

it('both stores are away for 30 seconds in the middle of traffic: nothing is lost or sent twice, and all goes on by itself', async () => {
  const traffic = ['one', 'two', 'three'].map((name) => new Traffic(name));
  const accepted = () => traffic.flatMap((each) => [...each.accepted]);
  await eventually(() => accepted().length >= 10);
  const { port, storage } = database;
  await Promise.all([log.stop(), database.stop()]);
  const before = accepted().length;
  await eventually(async () => !(await isReady()), 20_000);
  await say('while they are away');
  await pause(awayMs);
  const unread = await client.list({});
  expect(unread.status).toBe(503);
  expect(Number(unread.headers['retry-after'])).toBeGreaterThan(0);
  expect(accepted().length - before).toBeLessThanOrEqual(traffic.length); // those that were under way

  [database] = [await MongoServer.start({ port, storage }), await log.listen()];
  const atReturn = accepted().length;
  const ended = Promise.all(traffic.map((each) => each.endWithNext()));
  await eventually(() => accepted().length === atReturn + traffic.length && isReady(), maxRecoveryMs);
  await ended;
  const acceptedAt = performance.now();
  const leftMs = (): number => Math.max(0, maxRecoveryMs - (performance.now() - acceptedAt));
  for (const [, id] of accepted()) await client.until(id, 'delivered', leftMs());

  const answers = traffic.flatMap((each) => each.answers);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 503]));
  for (const { tookMs } of answers) expect(tookMs).toBeLessThan(maxAnswerMs);
  for (const { retryAfter } of answers.filter(({ status }) => status === 503)) expect(retryAfter).toBeGreaterThan(0);
  const texts = accepted().map(([text]) => text);
  expect(shownTexts(await waybill.sandbox.messages(friend.number)).toSorted()).toEqual(texts.toSorted());
  await eventually(async () => {
    const { body } = await client.list({ direction: 'incoming' });
    expect((body.data as readonly object[]).length).toBe(1);
  }, maxRecoveryMs);
  expect(
    (await waybill.call(`GET /v1/sessions/${client.session.id}`, { key: client.session.user.key })).body,
  ).toMatchObject({ status: 'connected' });
}, 240_000);
