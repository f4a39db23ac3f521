import { afterAll, beforeAll } from '@jest/globals';
import { sagaProgressContract } from '../contracts/saga-progress.contract.js';
import { type MongoPlace, mongoPlace } from '../support/mongodb-server/place.js';
import { mongoSagaPlace } from '../support/saga-progress/mongo-place.js';

let place: MongoPlace;

beforeAll(async () => {
  place = await mongoPlace();
});
afterAll(() => place.stop());

sagaProgressContract('MongoDB', () => mongoSagaPlace(place));
