import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { MessagesClient, receivedTexts, shownTexts } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

const kills = 2;
const friends = 2;
/** Each chat has as many in both directions before the service is killed, and goes on meanwhile. */
const messagesBetweenKills = 8;
const pauseMs = 100;
const backWithinMs = 60_000;

let waybill: Waybill;

beforeAll(async () => {
  waybill = await Waybill.start();
});

afterAll(() => waybill.end());

it('chats that are busy in both directions stay readable and in order while the service is killed', async () => {
  const { sandbox } = waybill;
  const client = await MessagesClient.link(waybill);
  const phones = await Promise.all(Array.from({ length: friends }, () => sandbox.newPhone()));
  await sandbox.ask('PUT /transcript', { enabled: true, capacity: 100_000 });
  const progress = { isOver: false };

  const write = async (from: SandboxPhone, written: string[]): Promise<void> => {
    for (; !progress.isOver; await delay(pauseMs)) {
      const message = { to: client.session.phone.number, type: 'text', text: `to the shop ${written.length}` };
      await sandbox.ask(`POST /phones/${from.number}/messages`, message);
      written.push(message.text);
    }
  };
  /** Repeats each request with its key until it is accepted, as clients do. */
  const send = async ({ number }: SandboxPhone, sent: string[]): Promise<void> => {
    for (; !progress.isOver; await delay(pauseMs)) {
      const body = `to ${number} ${sent.length}`;
      const message = { to: `+${number}`, type: 'text', text: { body }, sessionId: client.session.id };
      const key = { 'idempotency-key': body.replaceAll(' ', '-') };
      await eventually(async () => (await client.post(message, key)).status === 202, backWithinMs);
      sent.push(body);
    }
  };
  const chats = phones.map((phone) => ({ phone, written: [] as string[], sent: [] as string[] }));
  const writing = Promise.all(chats.flatMap(({ phone, written, sent }) => [write(phone, written), send(phone, sent)]));

  for (let killed = 1; killed <= kills; killed += 1) {
    const enough = killed * messagesBetweenKills;
    await eventually(
      () => chats.every(({ written, sent }) => Math.min(written.length, sent.length) >= enough),
      backWithinMs,
    );
    await sandbox.fault({ kind: 'devices-changed', number: client.session.phone.number });
    await waybill.kill();
    await waybill.boot();
  }
  progress.isOver = true;
  await writing;

  for (const { phone, written, sent } of chats) {
    const shown = async () => shownTexts(await sandbox.messages(phone.number));
    await eventually(async () => (await receivedTexts(client, phone)).length >= written.length, 60_000);
    await eventually(async () => (await shown()).length >= sent.length, 60_000);
    expect(await receivedTexts(client, phone)).toEqual(written);
    expect(await shown()).toEqual(sent);
  }
  expect(await sandbox.retryReceipts()).toEqual([]);
}, 240_000);
