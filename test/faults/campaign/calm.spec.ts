import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { writeFrom, type Written } from './incoming.js';
import { writeTo, type Offered, type Pace } from './outgoing.js';
import { Random } from './random.js';
import { judgeIncoming, judgeOutgoing, waitUntilSettled } from './verdict.js';
import { World } from './world.js';

const seconds = Number(process.env['WAYBILL_CALM_SECONDS'] ?? 45);
const kills = 3;

let world: World;

beforeAll(async () => {
  world = await World.start(1, 1);
}, 300_000);

afterAll(() => world.end(), 60_000);

it(
  'a session and a person who write to each other without a pause, the service killed now and then, can read everything, once and in order',
  async () => {
    await world.sandbox.ask('PUT /transcript', { enabled: true, capacity: 100_000 });
    const random = new Random(1);
    const start = performance.now();
    const isOver = () => performance.now() - start > seconds * 1_000;
    const pace: Pace = { isOver, pauseMs: 60 };
    const offered: Offered[] = [];
    const written: Written[] = [];
    const [party] = world.parties;
    const [friend] = party!.friends;

    const kill = async (): Promise<void> => {
      for (let n = 0; n < kills; n += 1) {
        await delay((seconds * 1_000) / (kills + 1));
        await world.waybill.kill();
        await world.waybill.boot();
      }
    };
    await Promise.all([
      kill(),
      writeTo(world, party!, friend!, random.fork(), pace, offered),
      writeFrom(world, party!, friend!, random.fork(), pace, written),
    ]);
    expect(await world.recover()).toEqual([]);
    await world.clock.shift(3_600_000);

    expect(await waitUntilSettled(world, written)).toEqual([]);
    expect(await world.sandbox.retryReceipts()).toEqual([]);
    expect(await judgeOutgoing(world, offered, 0)).toEqual([]);
    expect(await judgeIncoming(world, written)).toEqual([]);
    expect(Math.min(offered.length, written.length)).toBeGreaterThan(seconds);
  },
  (seconds + 300) * 1_000,
);
