import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Snapshot } from '#lib/subscriptions';
import { MasterKey } from '#lib/vault';
import { snapshotCollection, snapshotStore } from '../../src/platform/views/snapshots.js';
import { openTestStores, type TestStores } from '../support/stores.js';

const view = 'texts';
let stores: TestStores;
beforeAll(async () => {
  stores = await openTestStores();
  await stores.models.prepare([snapshotCollection(view)]);
});
afterAll(() => stores.close());

const snapshotAt = (position: number, characters: number): Snapshot => ({
  fingerprint: 'definition',
  eventId: `event ${position}`,
  position,
  tables: { texts: [['one', 'x'.repeat(characters)]] },
});

it('the newest snapshot of a view is all that is kept of it', async () => {
  const snapshots = snapshotStore(stores.models, new MasterKey(randomBytes(32)));
  const stored = () => stores.models.count(snapshotCollection(view));
  const sizes = [2_000_000, 10, 900_000];
  const pieces: number[] = [];
  for (const [position, characters] of sizes.entries()) {
    const snapshot = snapshotAt(position + 1, characters);
    await snapshots.save(view, snapshot);
    expect(await snapshots.load(view)).toEqual(snapshot);
    pieces.push(await stored());
  }
  expect(pieces).toEqual([6, 1, 3]);
});
