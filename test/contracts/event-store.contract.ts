import { describe } from '@jest/globals';
import type { OpenPlace } from '../support/event-store/place.js';
import { appending } from './event-store/appending.cases.js';
import { concurrency } from './event-store/concurrency.cases.js';
import { idempotence } from './event-store/idempotence.cases.js';
import { manyStreams } from './event-store/many-streams.cases.js';
import { randomWork } from './event-store/random.cases.js';
import { reading } from './event-store/reading.cases.js';
import { subscribing } from './event-store/subscribing.cases.js';
import { upkeep } from './event-store/upkeep.cases.js';

/** What every event store must do, whatever it stands on. */
export const eventStoreContract = (name: string, open: OpenPlace): void => {
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
