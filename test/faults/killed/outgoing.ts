import { expect } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import { shownTexts, type MessageBody, type MessagesClient } from '../../support/messages-client.js';
import type { Waybill } from '../../support/waybill.js';
import type { SandboxPhone } from '../../support/waybill-sandbox.js';
import type { Kills, Party, Scenario } from './scenario.js';

/** A message is in the middle of something at most moments; and some kills fall between two. */
const longestPauseMs = 300;
const messagesPerRun = 6;

type Chat = { readonly client: MessagesClient; readonly friend: SandboxPhone; readonly accepted: string[] };
type Page = { readonly data: readonly MessageBody[]; readonly next: string | null };

/** Asks again, with the same Idempotency-Key, until there is an answer: the service is killed all the time. */
const accepted = (client: MessagesClient, to: SandboxPhone, body: string): Promise<string> =>
  eventually(async () => {
    const request = { to: `+${to.number}`, type: 'text', text: { body }, sessionId: client.session.id };
    const answer = await client.post(request, { 'idempotency-key': body.replaceAll(' ', '-') });
    if (answer.status >= 400 && answer.status < 500) throw new Error(answer.text);
    return answer.status === 202 && (answer.body as { readonly id: string }).id;
  }, 120_000);

/** Sends in all chats at once: none may be lost or sent twice, and each chat keeps its order. */
export const sendInAllChats = (waybill: Waybill, kills: Kills, { clients, friends }: Party): Scenario => {
  const chats = clients.flatMap((client) => friends.map((friend): Chat => ({ client, friend, accepted: [] })));
  const textOf = ({ client, friend }: Chat, n: number): string => `${client.session.id} to ${friend.number} ${n}`;

  const send = async (chat: Chat): Promise<void> => {
    chat.accepted.push(await accepted(chat.client, chat.friend, textOf(chat, chat.accepted.length)));
    await delay(Math.random() * longestPauseMs);
  };
  const stop = kills.meanwhile(
    chats.map((chat) => () => send(chat)),
    messagesPerRun,
  );

  const statuses = async (client: MessagesClient): Promise<ReadonlyMap<string, string>> => {
    const found = new Map<string, string>();
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = { sessionId: client.session.id, direction: 'outgoing', limit: '100' };
      const page = (await client.list({ ...query, ...(cursor !== '' && { cursor }) })).body as Page;
      for (const { id, status } of page.data) found.set(id, status);
      cursor = page.next;
    }
    return found;
  };

  const verify = async (): Promise<void> => {
    for (const client of clients) {
      const queued = { sessionId: client.session.id, status: 'queued' };
      await eventually(async () => ((await client.list(queued)).body as Page).data.length === 0, 120_000);
      const ids = chats.filter((chat) => chat.client === client).flatMap((chat) => chat.accepted);
      const all = await statuses(client);
      expect([...all.keys()].toSorted()).toEqual(ids.toSorted());
      for (const [id, status] of all) {
        expect([id, status]).toEqual([id, expect.stringMatching(/^(sent|delivered|read)$/)]);
      }
    }
    const shown = new Map<SandboxPhone, readonly string[]>();
    for (const friend of friends) shown.set(friend, shownTexts(await waybill.sandbox.messages(friend.number)));
    for (const chat of chats) {
      const own = shown.get(chat.friend)!.filter((text) => text.startsWith(`${chat.client.session.id} `));
      expect(own).toEqual(chat.accepted.map((_, n) => textOf(chat, n)));
    }
  };
  return { stop, verify };
};
