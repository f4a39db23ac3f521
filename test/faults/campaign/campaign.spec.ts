import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { usualFaults, injectFaults } from './faults.js';
import { writeFrom, type Written } from './incoming.js';
import { readAccepted, writeTo, type Offered, type Pace } from './outgoing.js';
import { Random } from './random.js';
import { judgeIncoming, judgeOutgoing, waitUntilSettled, type Violation } from './verdict.js';
import { World } from './world.js';

const seed = Number(process.env['WAYBILL_CAMPAIGN_SEED'] ?? 1);
const seconds = Number(process.env['WAYBILL_CAMPAIGN_SECONDS'] ?? 75);
const kinds = process.env['WAYBILL_CAMPAIGN_FAULTS']?.split(',') ?? usualFaults;
const sessions = Number(process.env['WAYBILL_CAMPAIGN_SESSIONS'] ?? 5);
const friendsPerSession = Number(process.env['WAYBILL_CAMPAIGN_FRIENDS'] ?? 2);
const anHourMs = 3_600_000;

let world: World;

beforeAll(async () => {
  world = await World.start(sessions, friendsPerSession);
}, 300_000);

afterAll(() => world.end(), 60_000);

const report = (violations: readonly Violation[]): string =>
  violations
    .map(({ promise, text, otherText, detail }) =>
      [
        `${promise}: "${text}": ${detail}`,
        ...(otherText === undefined ? [] : world.history.of(otherText)),
        ...world.history.of(text),
      ].join('\n    '),
    )
    .join('\n');

it(
  'a service under random faults loses nothing, shows and records nothing twice, keeps the order of each chat, and denies nothing',
  async () => {
    process.stdout.write(`The campaign has the seed ${seed} and takes ${seconds} s.\n`);
    const random = new Random(seed);
    const start = performance.now();
    const isOver = () => performance.now() - start > seconds * 1_000;
    const pace = (pauseMs: number): Pace => ({ isOver, pauseMs });
    const offered: Offered[] = [];
    const written: Written[] = [];
    const chats = world.parties.flatMap((party) => party.friends.map((friend) => ({ party, friend })));

    const [denied, processCounts, wireCounts] = await Promise.all([
      readAccepted(world, random.fork(), pace(150), offered),
      injectFaults(world, 'process', kinds, random.fork(), pace(6_000)),
      injectFaults(world, 'wire', kinds, random.fork(), pace(1_500)),
      ...chats.map(({ party, friend }) => writeTo(world, party, friend, random.fork(), pace(1_200), offered)),
      ...chats.map(({ party, friend }) => writeFrom(world, party, friend, random.fork(), pace(1_200), written)),
    ]);

    const apart = await world.recover();
    await world.clock.shift(Math.max(0, world.clock.shiftMs) + anHourMs);
    await world.recover();
    const violations = [
      ...apart.map((detail) => ({ promise: 'sessions connect again', text: 'world', detail })),
      ...(await waitUntilSettled(world, written)),
      ...denied.map((text) => ({ promise: 'an accepted message is never denied', text, detail: 'read: 404' })),
      ...(await judgeOutgoing(world, offered, wireCounts.get('nack') ?? 0)),
      ...(await judgeIncoming(world, written)),
    ];
    const faults = [...processCounts, ...wireCounts].map(([kind, count]) => `${kind} ${count}`).join(', ');
    process.stdout.write(`${offered.length} messages out, ${written.length} in; ${faults}.\n`);
    if (violations.length > 0)
      throw new Error(`Seed ${seed}: ${violations.length} broken promises\n${report(violations)}`);
    expect(offered.length).toBeGreaterThan(seconds);
    expect(written.length).toBeGreaterThan(seconds);
  },
  (seconds + 900) * 1_000,
);
