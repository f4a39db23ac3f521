import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { callIdOf } from '../../../src/calls/call.contract.js';
import { eventually } from '../../support/eventually.js';
import { MessagesClient } from '../../support/messages-client.js';
import { Waybill } from '../../support/waybill.js';
import type { SandboxPhone } from '../../support/waybill-sandbox.js';
import { Random } from '../campaign/random.js';
import { Writer, type Chat } from './arrivals.js';

/** `WAYBILL_ARRIVALS=1000` takes some minutes. */
const arrivals = Number(process.env['WAYBILL_ARRIVALS'] ?? 96);
const seed = Number(process.env['WAYBILL_ARRIVALS_SEED'] ?? 1);
const arrivalsBetweenKills = 32;
const longestRoundMs = 2_500;
const settledWithinMs = 120_000;

type Event = { readonly type: string; readonly data: { readonly whatsappId?: string; readonly changeId?: string } };
type Listed = { readonly id: string };
type Call = { readonly id: string };

let waybill: Waybill;
let client: MessagesClient;

beforeAll(async () => {
  waybill = await Waybill.start();
  client = await MessagesClient.link(waybill);
}, 240_000);

afterAll(() => waybill.end());

const call = async ({ number }: SandboxPhone): Promise<Call> => {
  const call = await waybill.sandbox.ask<Call>(`POST /phones/${number}/calls`, { to: client.session.phone.number });
  await waybill.sandbox.ask(`POST /phones/${number}/calls/${call.id}/end`, {});
  return call;
};

const eventsOf = async (stream: string): Promise<readonly Event[]> =>
  ((await waybill.admin(`GET /v1/admin/streams/${stream}`)).body as { readonly data?: readonly Event[] }).data ?? [];

/** The ids of a chat's messages, oldest first. */
const listed = async ({ shown }: Chat): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = { chat: shown, direction: 'incoming', limit: '100', ...(cursor !== '' && { cursor }) };
    const { data, next } = (await client.list(page)).body as { data: readonly Listed[]; next: string | null };
    ids.push(...data.map(({ id }) => id));
    cursor = next;
  }
  return ids.toReversed();
};

const countedTypes = ['MessageReceived', 'MessageRecovered', 'MessageFileFetched', 'MessageFileUnavailable'];
const changes = ['MessageEdited', 'MessageRevoked', 'ReactionReceived', 'SealedChangeReceived', 'PollVoted'];

/** What is on record of the messages of a chat, in their order. */
const factsOf = async (chat: Chat): Promise<readonly string[]> => {
  const facts: string[] = [];
  for (const id of await listed(chat)) {
    const events = await eventsOf(`message-${id}`);
    const whatsappId = events.find(({ type }) => type === 'MessageReceived')?.data.whatsappId;
    for (const { type, data } of events) {
      if (countedTypes.includes(type)) facts.push(`${type} ${whatsappId}`);
      if (changes.includes(type)) facts.push(`${type} ${data.changeId}`);
    }
  }
  return facts;
};

const isMessage = (fact: string): boolean => fact.startsWith('MessageReceived');

it('whatever comes while the service is killed again and again is on record once, in order per chat', async () => {
  const random = new Random(seed);
  const { sandbox } = waybill;
  const { number } = client.session.phone;
  const friends = await Promise.all(['Ada', 'Ben', 'Cem'].map((name) => sandbox.newPhone({ name })));
  const [first, ...others] = friends as [SandboxPhone, ...SandboxPhone[]];
  const { jid } = await sandbox.ask<{ readonly jid: string }>(`POST /phones/${first.number}/groups`, {
    subject: 'Neighbours',
    participants: [number, ...others.map((friend) => friend.number)],
  });
  const chats: readonly Chat[] = [
    ...friends.map((friend) => ({ name: friend.name, to: number, shown: `+${friend.number}`, friends: [friend] })),
    { name: 'Group', to: jid, shown: jid, friends },
  ];
  const writers = chats.map((chat) => new Writer(sandbox, chat, random.fork()));
  const calls: Call[] = [];

  const arrived = (): number => writers.reduce((sum, writer) => sum + writer.arrivals.length, 0);
  while (arrived() < arrivals) {
    const perWriter = Math.ceil(arrivalsBetweenKills / 1.3 / writers.length); // some write a message to be changed first
    const writing = Promise.all(writers.map((writer) => writer.write(perWriter)));
    const calling = call(random.pick(friends));
    await delay(random.between(0, longestRoundMs));
    await waybill.kill();
    const booting = waybill.boot();
    await writing;
    calls.push(await calling);
    await booting;
  }

  for (const [n, chat] of chats.entries()) {
    const expected = writers[n]!.arrivals.flatMap(({ facts }) => facts);
    await eventually(async () => (await factsOf(chat)).length >= expected.length, settledWithinMs);
    const facts = await factsOf(chat);
    expect(facts.toSorted()).toEqual(expected.toSorted());
    expect(facts.filter(isMessage)).toEqual(expected.filter(isMessage));
  }
  for (const { id } of calls) {
    const stream = `call-${callIdOf(client.session.id, `+${number}`, id)}`;
    await eventually(async () => (await eventsOf(stream)).length >= 2);
    expect((await eventsOf(stream)).map(({ type }) => type)).toEqual(['CallOffered', 'CallEnded']);
  }
}, 900_000);
