import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { openMongo, type Mongo } from '#lib/mongo';
import { openMongoRequestLog } from '#lib/request-log/mongo';
import { openMongoSagaProgress } from '#lib/saga-progress/mongo';
import { MasterKey } from '#lib/vault';
import { openMongoSecrets } from '#lib/vault/mongo';
import { openOn } from '../support/mongodb-server/open-on.js';
import { MongoServer } from '../support/mongodb-server/server.js';

/** At one of these turns of the event loop after the server has closed a connection, its socket has ended and is not yet closed. */
const turnsAfterClose = [0, 1, 2, 3, 4, 5];

let server: MongoServer;
let mongo: Mongo;

beforeAll(async () => {
  server = await MongoServer.start();
  mongo = await openMongo(server.uri());
});
afterAll(async () => {
  await mongo.close();
  await server.stop();
});

it('a command ends that is written at the moment at which the server closes the connection', async () => {
  const things = mongo.db.collection<{ _id: number }>('things');
  await things.insertOne({ _id: -1 });
  for (const turns of turnsAfterClose) {
    server.dropConnections();
    for (let passed = 0; passed < turns; passed += 1) await turn();
    await things.insertOne({ _id: turns });
  }
  expect(await things.countDocuments()).toBe(turnsAfterClose.length + 1);
}, 60_000);

describe('a new database', () => {
  const processes = Array.from({ length: 8 });
  const newUri = (): string => server.uri(`new-${randomUUID().slice(0, 13)}`);

  it('is opened by many processes at once, of which each sees that it has transactions', async () => {
    const uri = newUri();
    const opened = await Promise.all(processes.map(() => openMongo(uri)));
    expect(opened.map(({ hasTransactions }) => hasTransactions)).toEqual(processes.map(() => true));
    await Promise.all(opened.map((one) => openMongoSagaProgress(one)));
    await Promise.all(opened.map((one) => openMongoRequestLog(one)));
    expect(await opened[0]!.db.collection('probe').countDocuments()).toBe(0);
    for (const one of opened) await one.close();
  });

  it.each([
    ['insert', 1],
    ['delete', 3],
    ['commitTransaction', 3],
  ])('is opened with its transactions, although its leader changes or is silent at a %s', async (command, changes) => {
    for (const [fault, times] of [
      ['stepDown', changes],
      ['loseAnswer', 1],
      ['drop', 1],
    ] as const) {
      server.faults[fault](command, times);
      const opened = await openMongo(newUri());
      expect(opened.hasTransactions).toBe(true);
      await opened.close();
      server.faults.clear();
    }
  });

  it('takes the key of one of the processes that make its vault at once, and no other', async () => {
    const uri = newUri();
    const keys = [new MasterKey(randomBytes(32)), new MasterKey(randomBytes(32))];
    const outcomes = await Promise.all(
      processes.map((_, index) => {
        const key = keys[index % 2]!;
        const open = (mongo: Mongo) => openMongoSecrets(mongo, { key, mayBeNew: true, shared: true });
        return openOn(uri, open).then(
          async (opened) => {
            await opened.close();
            return index % 2;
          },
          (error: unknown) => error,
        );
      }),
    );
    const refused = outcomes.filter((outcome) => outcome instanceof Error);
    expect(refused).toEqual(
      Array.from({ length: processes.length / 2 }, () =>
        expect.objectContaining({ name: 'VaultError', code: 'wrong_key' }),
      ),
    );
    expect(new Set(outcomes.filter((outcome) => !(outcome instanceof Error))).size).toBe(1);
  });
});
