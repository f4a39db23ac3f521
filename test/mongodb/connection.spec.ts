import mongoose from 'mongoose';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { openMongo, type Mongo } from '#lib/mongo';
import { SettlingConnection } from '../../libs/mongo/settling-connection.js';
import { openMongoRequestLog } from '#lib/request-log/mongo';
import { openMongoSagaProgress } from '#lib/saga-progress/mongo';
import { MasterKey } from '#lib/vault';
import { openMongoSecrets } from '#lib/vault/mongo';
import { openOn } from '../support/mongodb-server/open-on.js';
import { MongoServer, type MongoServerOptions } from '../support/mongodb-server/server.js';

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

it('a command that is written to a socket which the server has ended fails as one of the network', async () => {
  const ending = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(ending, 'listening');
  const socket = connect((ending.address() as AddressInfo).port, '127.0.0.1');
  const connection = new SettlingConnection(socket, { id: 1, hostAddress: { toString: () => 'here' } });
  socket.resume();
  const failure = await new Promise((resolve) => {
    socket.once('end', () => {
      connection
        .writeCommand({ toBin: async () => [Buffer.from('command')] }, { agreedCompressor: 'none' })
        .catch(resolve);
    });
  });
  expect(failure).toBeInstanceOf(mongoose.mongo.MongoNetworkError);
  expect(failure).toMatchObject({ cause: { code: 'EPIPE' } });
  ending.close();
});

describe('a server that cannot be used', () => {
  const opening = async (options: MongoServerOptions, uriOf = (uri: string) => uri, isInitiated = true) => {
    const other = await MongoServer.start(options);
    other.isInitiated = isInitiated;
    try {
      const uri = uriOf(other.uri());
      await (await openMongo(`${uri}&serverSelectionTimeoutMS=300`)).close();
      return 'opened';
    } catch (error) {
      const { name, message } = error as Error;
      return `${name}: ${message}`;
    } finally {
      await other.stop();
    }
  };
  const credentials = { name: 'me', password: 'right' };
  const wrong = (uri: string) => uri.replace('right', 'wrong');
  const inSet = (uri: string) => uri.replace('directConnection=true', 'replicaSet=rs1');

  it.each<[string, MongoServerOptions, ((uri: string) => string) | undefined, RegExp]>([
    [
      'that is too old for the driver',
      { version: { name: '3.6.23', wire: 6 } },
      undefined,
      /^UnusableMongo: .*3\.6|4\.4/,
    ],
    [
      'of version 4.4',
      { version: { name: '4.4.29', wire: 9 } },
      undefined,
      /^UnusableMongo: .*4\.4\.29: 6\.0 or newer/,
    ],
    ['of version 5', { version: { name: '5.0.31', wire: 13 } }, undefined, /^UnusableMongo: .*5\.0\.31: 6\.0 or newer/],
    ['that refuses the password', { credentials }, wrong, /^UnusableMongo: .*refuses the user name or password/],
    ['of Atlas that does', { credentials, atlas: true }, wrong, /^UnusableMongo: .*refuses the user name or password/],
    [
      'of another replica set',
      {},
      (uri) => uri.replace('rs0', 'rs1'),
      /^MongoUnavailable: .*replica set rs1: .*another name/,
    ],
    ['of no replica set', { replicaSet: null }, inSet, /^MongoUnavailable: .*replica set rs1: .*of none/],
  ])('%s is told in a sentence', async (_which, options, uriOf, sentence) => {
    expect(await opening(options, uriOf)).toMatch(sentence);
  });

  it.each([
    ['its name', undefined, /^MongoUnavailable: .*not initiated/],
    [
      'one host',
      (uri: string) => uri.replace('replicaSet=rs0', 'retryReads=true'),
      /^MongoUnavailable: .*not initiated/,
    ],
    [
      'a direct connection',
      (uri: string) => uri.replace('replicaSet=rs0', 'directConnection=true'),
      /^MongoUnavailable: .*not primary/,
    ],
  ])('whose replica set is not initiated is waited for, asked for by %s', async (_by, uriOf, sentence) => {
    expect(await opening({}, uriOf, false)).toMatch(sentence);
  });

  it('of version 6 is none of them, nor is FerretDB with a version of its own', async () => {
    expect(await opening({ version: { name: '6.0.1', wire: 17 } })).toBe('opened');
    expect(await opening({ version: { name: '2.0.0', wire: 21 }, ferretdb: true })).toBe('opened');
  });
});

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
