import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { MessagesClient, receivedTexts } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

const sessions = 2;
const minKills = 10;
const writers = 3;

let waybill: Waybill;

beforeAll(async () => {
  waybill = await Waybill.start();
});

afterAll(() => waybill.end());

it('a service that is killed again and again records each received message once, in order per chat', async () => {
  const user = await waybill.newUser();
  const phones = await Promise.all(Array.from({ length: writers }, () => waybill.sandbox.newPhone()));
  const clients: MessagesClient[] = [];
  for (let n = 0; n < sessions; n += 1) clients.push(await MessagesClient.link(waybill, user));

  const progress = { isOver: false };
  const writeTo = async (client: MessagesClient, from: SandboxPhone): Promise<readonly string[]> => {
    const written: string[] = [];
    while (!progress.isOver) {
      const text = `from ${from.number} number ${written.length}`;
      await waybill.sandbox.ask(`POST /phones/${from.number}/messages`, {
        to: client.session.phone.number,
        type: 'text',
        text,
      });
      written.push(text);
      await delay(Math.random() * 500); // some come together, and some when the service is away
    }
    return written;
  };
  const chats = clients.flatMap((client) => phones.map((from) => ({ client, from })));
  const writing = Promise.all(chats.map(({ client, from }) => writeTo(client, from)));

  for (let kills = 0; kills < minKills; kills += 1) {
    await delay(Math.random() * 2000);
    await waybill.kill();
    await waybill.boot();
  }
  progress.isOver = true;
  const written = await writing;

  for (const [n, { client, from }] of chats.entries()) {
    await eventually(async () => (await receivedTexts(client, from)).length >= written[n]!.length, 60_000);
    expect(await receivedTexts(client, from)).toEqual(written[n]);
  }
}, 600_000);
