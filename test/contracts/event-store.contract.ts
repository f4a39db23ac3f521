import { describe } from '@jest/globals';
import type { OpenStoreFixture } from '../support/event-store/fixture.js';
import { appending } from './event-store/appending.cases.js';
import { concurrency } from './event-store/concurrency.cases.js';
import { idempotence } from './event-store/idempotence.cases.js';
import { manyStreams } from './event-store/many-streams.cases.js';
import { randomWork } from './event-store/random.cases.js';
import { reading } from './event-store/reading.cases.js';
import { subscribing } from './event-store/subscribing.cases.js';
import { upkeep } from './event-store/upkeep.cases.js';

/** The contract of the event store, for every adapter. */
export const eventStoreContract = (name: string, open: OpenStoreFixture): void => {
  describe(`event store: ${name}`, () => {
    appending(open);
    idempotence(open);
    manyStreams(open);
    reading(open);
    subscribing(open);
    concurrency(open);
    upkeep(open);
    randomWork(open);
  });
};
