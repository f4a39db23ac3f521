import { expect } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../eventually.js';
import { MessagesClient, shownTexts } from '../messages-client.js';
import type { Waybill } from '../waybill.js';
import type { SandboxPhone } from '../waybill-sandbox.js';

type Size = {
  readonly sessions: number;
  readonly messagesPerSession: number;
  readonly minKills: number;
  /** What else happens between two kills. */
  readonly betweenKills?: () => Promise<void>;
};

const chats = 4;

/** Asks again, with the same Idempotency-Key, until there is an answer: the service is killed all the time. */
const accepted = (client: MessagesClient, to: SandboxPhone, body: string): Promise<string> =>
  eventually(async () => {
    const request = { to: `+${to.number}`, type: 'text', text: { body }, sessionId: client.session.id };
    const answer = await client.post(request, {
      'idempotency-key': `${client.session.id}-${body.replaceAll(' ', '-')}`,
    });
    if (answer.status >= 400 && answer.status < 500) throw new Error(answer.text);
    return answer.status === 202 && (answer.body as { readonly id: string }).id;
  }, 120_000);

/** Kills the service again and again while messages are accepted: none may be lost or sent twice, and each chat keeps its order. Answers how often. */
export const killWhileSending = async (
  waybill: Waybill,
  { sessions, messagesPerSession, minKills, betweenKills = async () => {} }: Size,
): Promise<number> => {
  const user = await waybill.newUser();
  const friends = await Promise.all(Array.from({ length: chats }, () => waybill.sandbox.newPhone()));
  const clients: MessagesClient[] = [];
  for (let n = 0; n < sessions; n += 1) clients.push(await MessagesClient.link(waybill, user));

  let kills = 0;
  /** So that the messages last as long as the kills do, on each machine. */
  const mayFollow = (n: number): boolean => n * minKills <= (kills + 1) * messagesPerSession;

  const ids: string[] = [];
  const sendAll = async (client: MessagesClient, session: number): Promise<void> => {
    for (let n = 0; n < messagesPerSession; n += 1) {
      await eventually(() => mayFollow(n), 120_000);
      ids.push(await accepted(client, friends[n % chats]!, `session ${session} message ${n}`));
      await delay(Math.random() * 150); // so that the kills fall between, too
    }
  };
  const sending = Promise.all(clients.map(sendAll));
  const progress = { isOver: false };
  void sending.then(() => (progress.isOver = true));

  while (!progress.isOver || kills < minKills) {
    await delay(Math.random() * 1500);
    await betweenKills();
    await waybill.kill();
    kills += 1;
    await waybill.boot();
  }
  await sending;

  const unsettled = new Set(ids);
  expect(unsettled.size).toBe(sessions * messagesPerSession);
  await eventually(async () => {
    for (const id of unsettled) {
      const { status } = await clients[0]!.get(id);
      expect([id, status]).toEqual([id, expect.stringMatching(/^(queued|sent|delivered|read)$/)]);
      if (status !== 'queued') unsettled.delete(id);
    }
    return unsettled.size === 0;
  }, 120_000);

  const shown = await Promise.all(
    friends.map(async ({ number }) => shownTexts(await waybill.sandbox.messages(number))),
  );
  for (const [chat, texts] of shown.entries()) {
    for (let session = 0; session < sessions; session += 1) {
      const own = texts.filter((text) => text.startsWith(`session ${session} `));
      const wanted = Array.from({ length: messagesPerSession }, (_, n) => n).filter((n) => n % chats === chat);
      expect(own).toEqual(wanted.map((n) => `session ${session} message ${n}`));
    }
  }
  return kills;
};
