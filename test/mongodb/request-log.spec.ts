import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import { openMongoRequestLog } from '#lib/request-log/mongo';
import { requestLogContract } from '../contracts/request-log.contract.js';
import { dropDatabase, openOn } from '../support/mongodb-server/open-on.js';
import { type MongoPlace, mongoPlace } from '../support/mongodb-server/place.js';

let place: MongoPlace;
const newUri = (): string => place.uri(`requests-${randomUUID().slice(0, 13)}`);

beforeAll(async () => {
  place = await mongoPlace();
});
afterAll(() => place.stop());

requestLogContract('MongoDB', async () => {
  const uri = newUri();
  return { open: () => openOn(uri, openMongoRequestLog), remove: () => dropDatabase(uri) };
});

describe('the log of requests in MongoDB', () => {
  it('is written by several processes', async () => {
    const uri = newUri();
    const [one, other] = [await openOn(uri, openMongoRequestLog), await openOn(uri, openMongoRequestLog)];
    const count = (requests: number) => ({
      id: newId(),
      userId: newId(),
      quarter: '2026-01-02T03:00:00.000Z',
      requests,
    });
    await Promise.all([
      one.write({ requests: [], counts: [count(3)] }),
      other.write({ requests: [], counts: [count(4)] }),
    ]);
    let sum = 0;
    const all = { from: '2026-01-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z', by: 'user' } as const;
    for await (const { requests } of one.sums(all)) sum += requests;
    expect(sum).toBe(7);
    await one.close();
    await other.close();
    await dropDatabase(uri);
  });
});
