import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { writeFrom, type Written } from './incoming.js';
import { writeTo, type Offered, type Pace } from './outgoing.js';
import { Random } from './random.js';
import { judgeIncoming, judgeOutgoing, waitUntilSettled } from './verdict.js';
import { World } from './world.js';

const seconds = Number(process.env['WAYBILL_CALM_SECONDS'] ?? 15);
const kills = Number(process.env['WAYBILL_CALM_KILLS'] ?? 2);
/** How often WhatsApp says that the devices of the two have changed: once a minute, or often enough in a short run. */
const devicesChangeMs = Math.min(60_000, (seconds * 1_000) / 6);

let world: World;

beforeAll(async () => {
  world = await World.start(1, 1);
}, 300_000);

afterAll(() => world.end(), 60_000);

it(
  'a session and a person who write to each other without a pause can read everything, once and in order, while devices change and the service is killed',
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
    const changeDevices = async (): Promise<void> => {
      for (;;) {
        await delay(devicesChangeMs);
        if (isOver()) return;
        await world.sandbox.fault({ kind: 'devices-changed', number: party!.session.phone.number });
      }
    };
    await Promise.all([
      kill(),
      changeDevices(),
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
