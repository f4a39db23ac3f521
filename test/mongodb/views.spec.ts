import { afterAll, beforeAll } from '@jest/globals';
import { readModelsContract } from '../contracts/read-models.contract.js';
import { type MongoPlace, mongoPlace } from '../support/mongodb-server/place.js';
import { mongoViewsFixture } from '../support/read-models/mongo-fixture.js';

let place: MongoPlace;

beforeAll(async () => {
  place = await mongoPlace();
});
afterAll(() => place.stop());

// Each run asks the server hundreds of times.
readModelsContract('MongoDB', () => mongoViewsFixture(place), { randomRuns: 30 });
