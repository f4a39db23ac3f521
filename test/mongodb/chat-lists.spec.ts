import { afterAll, beforeAll } from '@jest/globals';
import { chatListsContract } from '../contracts/chat-lists.contract.js';
import { type MongoPlace, mongoPlace } from '../support/mongodb-server/place.js';
import { mongoViewsFixture } from '../support/read-models/mongo-fixture.js';

let place: MongoPlace;

beforeAll(async () => {
  place = await mongoPlace();
});
afterAll(() => place.stop());

chatListsContract('MongoDB', () => mongoViewsFixture(place));
