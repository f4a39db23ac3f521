import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openMongo } from '#lib/mongo';
import { rebuildingCases } from '../contracts/read-models/rebuilding.cases.js';
import { dropDatabase } from '../support/mongodb-server/open-on.js';
import { MongoServer } from '../support/mongodb-server/server.js';
import { mongoViewsFixture } from '../support/read-models/mongo-fixture.js';

let server: MongoServer;

beforeAll(async () => {
  server = await MongoServer.start({ ferretdb: true });
});
afterAll(() => server.stop());

describe('on FerretDB, which renames no collection that has a dot in its name', () => {
  it('is told apart, and has no transactions', async () => {
    const uri = server.uri(`ferretdb-${randomUUID().slice(0, 13)}`);
    const mongo = await openMongo(uri);
    await mongo.db.collection('with.dot').insertOne({});
    await expect(mongo.db.collection('with.dot').rename('other.dot')).rejects.toMatchObject({ code: 73 });
    expect([mongo.separator, mongo.hasTransactions]).toEqual(['_', false]);
    await mongo.close();
    await dropDatabase(uri);
  });

  rebuildingCases(() => mongoViewsFixture(server));
});
