import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runCampaign } from './campaign.js';
import { faultsOfStores } from './faults.js';
import { Stores } from './stores.js';
import { World } from './world.js';

const seed = Number(process.env['WAYBILL_CAMPAIGN_SEED'] ?? 1);
const seconds = Number(process.env['WAYBILL_CAMPAIGN_SECONDS'] ?? 40);
const kinds = process.env['WAYBILL_CAMPAIGN_FAULTS']?.split(',') ?? faultsOfStores;

let stores: Stores;
let world: World;

beforeAll(async () => {
  stores = await Stores.start();
  world = await World.start(3, 2, stores);
}, 300_000);

afterAll(async () => {
  await world.end();
  await stores.end();
}, 60_000);

it(
  'the promises hold on EventStoreDB and MongoDB too, whatever becomes of these servers',
  async () => {
    const messages = await runCampaign(world, { seed, seconds, kinds });
    expect(messages.out).toBeGreaterThan(seconds / 4);
    expect(messages.in).toBeGreaterThan(seconds / 4);
  },
  (seconds + 900) * 1_000,
);
