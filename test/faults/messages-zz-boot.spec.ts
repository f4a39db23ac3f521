import { expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { MessagesClient } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';

it('boots', async () => {
  const waybill = await Waybill.start();
  const user = await waybill.newUser();
  const friend = await waybill.sandbox.newPhone();
  const clients: MessagesClient[] = [];
  for (let n = 0; n < 5; n += 1) clients.push(await MessagesClient.link(waybill, user));
  const times: number[] = [];
  for (let n = 0; n < 60; n += 1) {
    for (const client of clients)
      for (let i = 0; i < 4; i += 1) void client.send(friend, `m ${n} ${i}`).catch(() => undefined);
    await delay(Math.random() * 600);
    await waybill.kill();
    const began = Date.now();
    await waybill.boot().catch((error: unknown) => {
      throw new Error(`boot ${n}: ${waybill.output().slice(-8000)}`, { cause: error });
    });
    times.push(Date.now() - began);
  }
  process.stdout.write(`${times.join(' ')}\n`);
  await waybill.end();
  expect(true).toBe(true);
}, 590_000);
