import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { killWhileSending } from '../support/crash/kill-while-sending.js';
import { Waybill } from '../support/waybill.js';

let waybill: Waybill;

beforeAll(async () => {
  waybill = await Waybill.start();
});

afterAll(() => waybill.end());

it('a service that is killed again and again loses no message, sends none twice, and keeps the order of each chat', async () => {
  const kills = await killWhileSending(waybill, { sessions: 5, messagesPerSession: 100, minKills: 20 });
  expect(kills).toBeGreaterThanOrEqual(20);
}, 600_000);
