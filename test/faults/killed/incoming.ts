import { expect } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import { receivedTexts, type MessagesClient } from '../../support/messages-client.js';
import type { Waybill } from '../../support/waybill.js';
import type { SandboxPhone } from '../../support/waybill-sandbox.js';
import type { Kills, Party, Scenario } from './scenario.js';

/** Some come together, and some when the service is away. */
const longestPauseMs = 500;
const messagesPerRun = 5;

type Chat = { readonly client: MessagesClient; readonly friend: SandboxPhone; readonly written: string[] };

/** Lets friends write to all sessions: each message is recorded once, in order per chat. */
export const receiveInAllChats = ({ sandbox }: Waybill, kills: Kills, { clients, friends }: Party): Scenario => {
  const chats = clients.flatMap((client) => friends.map((friend): Chat => ({ client, friend, written: [] })));

  const write = async ({ client, friend, written }: Chat): Promise<void> => {
    const text = `from ${friend.number} number ${written.length}`;
    const message = { to: client.session.phone.number, type: 'text', text };
    await sandbox.ask(`POST /phones/${friend.number}/messages`, message);
    written.push(text);
    await delay(Math.random() * longestPauseMs);
  };
  return {
    stop: kills.meanwhile(
      chats.map((chat) => () => write(chat)),
      messagesPerRun,
    ),
    verify: async () => {
      for (const { client, friend, written } of chats) {
        await eventually(async () => (await receivedTexts(client, friend)).length >= written.length, 60_000);
        expect(await receivedTexts(client, friend)).toEqual(written);
      }
    },
  };
};
