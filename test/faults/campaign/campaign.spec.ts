import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runCampaign } from './campaign.js';
import { usualFaults } from './faults.js';
import { World } from './world.js';

const seed = Number(process.env['WAYBILL_CAMPAIGN_SEED'] ?? 1);
const seconds = Number(process.env['WAYBILL_CAMPAIGN_SECONDS'] ?? 50);
const kinds = process.env['WAYBILL_CAMPAIGN_FAULTS']?.split(',') ?? usualFaults;
const sessions = Number(process.env['WAYBILL_CAMPAIGN_SESSIONS'] ?? 5);
const friendsPerSession = Number(process.env['WAYBILL_CAMPAIGN_FRIENDS'] ?? 2);

let world: World;

beforeAll(async () => {
  world = await World.start(sessions, friendsPerSession);
}, 300_000);

afterAll(() => world.end(), 60_000);

it(
  'a service under random faults loses nothing, shows and records nothing twice, keeps the order of each chat, and denies nothing',
  async () => {
    const messages = await runCampaign(world, { seed, seconds, kinds });
    expect(messages.out).toBeGreaterThan(seconds);
    expect(messages.in).toBeGreaterThan(seconds);
  },
  (seconds + 900) * 1_000,
);
