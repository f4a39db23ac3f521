import { afterEach, describe, expect, it } from '@jest/globals';
import { openMongo } from '#lib/mongo';
import { collection, increment, patch, put, type ReadModels, removeAll, remove } from '#lib/read-models';
import { removeMongoViews } from '#lib/read-models/mongo';
import { MongoServer } from '../support/mongodb-server/server.js';
import { batchOf, type ViewsFixture, withViews } from '../support/read-models/fixture.js';
import { mongoViewsFixture } from '../support/read-models/mongo-fixture.js';
import { eventually } from '../support/eventually.js';
import { parkedAt } from '../support/parked.js';

type Tally = { readonly n?: number; readonly kind?: string; readonly text?: string };
const tallies = collection<Tally>({
  name: 'tallies',
  version: 1,
  indexes: [['kind', 'n']],
  search: ['text'],
  searchWithin: 'kind',
});

const unavailable = { name: 'ReadModelsUnavailable', reason: 'io' };
const drops = 50;

describe.each([
  ['a replica set', 'rs0'],
  ['a server of its own', null],
])('views on %s', (_what, replicaSet) => {
  let server: MongoServer;
  let fixture: ViewsFixture & { readonly uri: string };
  let views: ReadModels;

  const open = async (): Promise<void> => {
    server = await MongoServer.start({ replicaSet });
    fixture = await mongoViewsFixture({ uri: (database) => `${server.uri(database)}&serverSelectionTimeoutMS=1500` });
    views = await fixture.open();
    await views.prepare([tallies]);
  };
  afterEach(async () => {
    await views.close();
    await server.stop();
  });
  const counted = async () => [await views.get(tallies, 'a'), await views.progress(tallies.name)];

  it.each(['find', 'insert', 'update', 'delete', 'commitTransaction'])(
    'count every event once, although the connection breaks at a %s and the batch is repeated',
    async (command) => {
      await open();
      await views.apply(batchOf(tallies, { 1: [increment('a', { n: 1 }), put('b', { kind: 'red' })] }));
      const batch = batchOf(tallies, {
        2: [increment('a', { n: 10 }), put('c', { text: 'new' })],
        3: [removeAll('kind', 'red'), remove('b'), increment('a', { n: 100 })],
      });
      server.faults.drop(command, drops);
      const isMet = await views.apply(batch).then(
        () => false,
        (error: unknown) => {
          expect(error).toMatchObject(unavailable);
          return true;
        },
      );
      expect(isMet).toBe(command !== 'commitTransaction' || replicaSet !== null);
      server.faults.clear();
      server.faults.loseAnswer(command);
      await eventually(async () =>
        views.apply(batch).then(
          () => true,
          () => false,
        ),
      );
      expect(await counted()).toEqual([{ n: 111 }, { checkpoint: 3, parked: [] }]);
      expect([await views.count(tallies), await views.get(tallies, 'b')]).toEqual([2, undefined]);
    },
  );

  it('apply a retried event once, although the connection breaks after its first write', async () => {
    await open();
    await views.apply(batchOf(tallies, { 9: [increment('a', { n: 9 })] }, { park: [parkedAt(2)] }));
    const retry = batchOf(tallies, { 2: [increment('a', { n: 2 }), increment('b', { n: 2 })] }, { unpark: [2] });
    server.faults.drop('delete', drops);
    await expect(views.apply(retry)).rejects.toMatchObject(unavailable);
    expect((await views.progress(tallies.name)).parked).toEqual([parkedAt(2)]);
    server.faults.clear();
    await views.apply(retry);
    await views.apply(retry);
    expect(await counted()).toEqual([{ n: 11 }, { checkpoint: 9, parked: [] }]);
    expect(await views.get(tallies, 'b')).toEqual({ n: 2 });
  });

  it('show no event as parked whose batch was not finished', async () => {
    await open();
    await views.apply(batchOf(tallies, { 1: [increment('a', { n: 1 })] }));
    const second = { 2: [increment('a', { n: 2 })] };
    server.faults.drop(replicaSet === null ? 'update' : 'commitTransaction', drops);
    await expect(views.apply(batchOf(tallies, second, { park: [parkedAt(3)], checkpoint: 3 }))).rejects.toMatchObject(
      unavailable,
    );
    server.faults.clear();
    await views.apply(batchOf(tallies, { ...second, 3: [increment('a', { n: 3 })] }));
    expect(await counted()).toEqual([{ n: 6 }, { checkpoint: 3, parked: [] }]);
  });

  it('are written by two processes at once without counting an event twice', async () => {
    await open();
    const other = await fixture.open();
    await other.prepare([tallies]);
    for (let position = 1; position <= 30; position += 1) {
      const batch = batchOf(tallies, { [position]: [increment('a', { n: 1 }), increment(`d${position}`, { n: 1 })] });
      await Promise.all([views.apply(batch), other.apply(batch)]);
    }
    expect(await counted()).toEqual([{ n: 30 }, { checkpoint: 30, parked: [] }]);
    expect(await views.count(tallies)).toBe(31);
    await other.close();
  });

  it('are not held up by what a killed process has left open', async () => {
    await open();
    await views.apply(batchOf(tallies, { 1: [increment('a', { n: 1 })] }));
    const held = replicaSet === null ? 'update' : 'commitTransaction';
    const release = server.faults.hold(held);
    const second = batchOf(tallies, { 2: [increment('a', { n: 1 })] });
    const hanging = views.apply(second);
    await eventually(() => server.faults.isHolding(held));
    await noteAsKilled(fixture.uri);
    const other = await fixture.open();
    await other.prepare([tallies]);
    await other.apply(second);
    expect(await counted()).toEqual([{ n: 2 }, { checkpoint: 2, parked: [] }]);
    await other.close();
    release();
    await hanging;
    expect(await counted()).toEqual([{ n: 2 }, { checkpoint: 2, parked: [] }]);
  });

  it('take subscriptions that share a view, each with its own progress', async () => {
    await open();
    const write = (name: string, position: number, n: number) =>
      views.apply(batchOf(tallies, { [position]: [increment(name, { n })] }, { subscription: `of ${name}` }));
    await Promise.all([write('a', 9, 1), write('b', 3, 1), write('a', 9, 1), write('b', 4, 1), write('a', 12, 1)]);
    await views.apply(batchOf(tallies, { 2: [increment('c', { n: 1 })] }));
    expect([await views.get(tallies, 'a'), await views.get(tallies, 'b')]).toEqual([{ n: 2 }, { n: 2 }]);
    const reached = await Promise.all(['of a', 'of b', tallies.name].map((name) => views.progress(name)));
    expect(reached.map(({ checkpoint }) => checkpoint)).toEqual([12, 4, 2]);
    expect(await views.count(tallies)).toBe(3);
    const parking = batchOf(tallies, {}, { subscription: 'of a', park: [parkedAt(13)], checkpoint: 13 });
    await expect(views.apply(parking)).rejects.toThrow(TypeError);
  });

  it('go on by themselves when the server has been away, and say meanwhile that it is', async () => {
    await open();
    const { port, storage } = server;
    await server.stop();
    await expect(views.ready()).rejects.toMatchObject(unavailable);
    const waiting = views.apply(batchOf(tallies, { 1: [increment('a', { n: 1 })] }));
    server = await MongoServer.start({ port, storage, replicaSet });
    await waiting;
    await views.ready();
    expect(await views.get(tallies, 'a')).toEqual({ n: 1 });
  });

  it('are swapped once, although the answer of the swap is lost', async () => {
    await open();
    await views.apply(batchOf(tallies, { 1: [put('a', { n: 1 })] }));
    await views.beginRebuild(tallies);
    await views.apply(batchOf(tallies, { 1: [put('a', { n: 2 })] }, { shadow: true }));
    server.faults.loseAnswer('renameCollection', drops);
    await views.finishRebuild(tallies);
    expect(await counted()).toEqual([{ n: 2 }, { checkpoint: 1, parked: [] }]);
    await expect(views.finishRebuild(tallies)).rejects.toThrow('There is no rebuild of tallies');
  });

  it('have the indexes of their definition, and say so when they are gone', async () => {
    await open();
    const mongo = await openMongo(fixture.uri);
    const rows = mongo.db.collection('views.tallies');
    const keys = (await rows.indexes()).map(({ key }) => Object.keys(key).join());
    expect(keys).toEqual(['_id', 'kind,n,_id', '_words', 'kind,_words']);
    await rows.drop();
    await mongo.close();
    const late = views.apply(batchOf(tallies, { 1: [patch('a', { n: 1 })] }));
    await expect(late).rejects.toMatchObject({ name: 'ReadModelsUnavailable', reason: 'corrupt' });
  });
});

/** The sessions of this process are then those of one that has ended. */
const noteAsKilled = async (uri: string): Promise<void> => {
  const mongo = await openMongo(uri);
  await mongo.db.collection('sessions').updateMany({}, { $set: { pid: 2 ** 22 + 1 } });
  await mongo.close();
};

it('all views of a database can be removed, and nothing else in it', async () => {
  const server = await MongoServer.start();
  const fixture = await mongoViewsFixture(server);
  await withViews(fixture, [tallies], async (views) => {
    await views.apply(batchOf(tallies, { 1: [put('a', { n: 1 })] }));
    await views.beginRebuild(tallies);
  });
  const mongo = await openMongo(fixture.uri);
  await mongo.notes.put('kept', 'yes');
  await removeMongoViews(mongo);
  const left = (await mongo.db.listCollections().toArray()).map(({ name }) => name);
  expect(left.filter((name) => name.includes('tallies'))).toEqual([]);
  expect(await mongo.notes.get('kept')).toBe('yes');
  await mongo.close();
  await withViews(fixture, [tallies], async (views) => expect(await views.get(tallies, 'a')).toBeUndefined());
  await server.stop();
});

it('a rebuilt view that took its place unheard is found to have done so', async () => {
  const server = await MongoServer.start();
  const fixture = await mongoViewsFixture({ uri: (name) => `${server.uri(name)}&serverSelectionTimeoutMS=1500` });
  await withViews(fixture, [tallies], async (views) => {
    await views.beginRebuild(tallies);
    await views.apply(batchOf(tallies, { 1: [increment('a', { n: 1 })] }, { shadow: true }));
    const release = server.faults.hold('renameCollection');
    const finished = views.finishRebuild(tallies).catch((error: unknown) => error);
    await eventually(() => server.faults.isHolding('renameCollection'));
    server.faults.loseAnswer('renameCollection', drops);
    server.faults.drop('find', drops);
    release();
    expect(await finished).toMatchObject(unavailable);
    server.faults.clear();
    await views.finishRebuild(tallies);
    expect(await views.get(tallies, 'a')).toEqual({ n: 1 });
    await expect(views.finishRebuild(tallies)).rejects.toThrow('There is no rebuild');
  });
  await server.stop();
});

it('the progress of a view is only what no failover takes back', async () => {
  const server = await MongoServer.start();
  const fixture = await mongoViewsFixture({ uri: (name) => `${server.uri(name)}&serverSelectionTimeoutMS=1500` });
  await withViews(fixture, [tallies], async (views) => {
    await views.apply(batchOf(tallies, { 1: [increment('a', { n: 1 })] }));
    const second = { 2: [increment('a', { n: 10 })] };
    server.replication.cut();
    await expect(views.apply(batchOf(tallies, second))).rejects.toMatchObject(unavailable);
    expect(await views.get(tallies, 'a')).toEqual({ n: 11 });
    const { checkpoint } = await views.progress(tallies.name);
    server.replication.failOver();
    const due = { ...(checkpoint < 2 && second), 3: [increment('a', { n: 100 })] };
    await views.apply(batchOf(tallies, due));
    expect(await views.get(tallies, 'a')).toEqual({ n: 111 });
  });
  await server.stop();
});

describe('a connection to MongoDB', () => {
  it.each([
    ['http://me:hunter2@127.0.0.1', /must look like mongodb:\/\//],
    ['mongodb://me:hunter2@127.0.0.1/?tls=perhaps', /tls/],
    ['mongodb://me:hunter2@127.0.0.1/?noSuchOption=1', /nosuchoption/i],
    ['mongodb://me:hunter2@[::1/x', /./],
  ])('is refused for %s', async (uri, sentence) => {
    const refusal = openMongo(uri);
    await expect(refusal).rejects.toMatchObject({ name: 'InvalidMongoUri' });
    await expect(refusal).rejects.toThrow(sentence);
    await expect(refusal).rejects.not.toThrow(/hunter2/);
  });

  it('says that it is refused the user, and that nobody answers', async () => {
    const server = await MongoServer.start({ credentials: { name: 'me', password: 'right' } });
    const uri = server.uri();
    const mongo = await openMongo(uri);
    expect(mongo.hasTransactions).toBe(true);
    await mongo.close();
    await expect(openMongo(uri.replace('right', 'wrong'))).rejects.toMatchObject({ name: 'UnusableMongo' });
    await server.stop();
    await expect(openMongo(`${uri}&serverSelectionTimeoutMS=200`)).rejects.toMatchObject({ name: 'MongoUnavailable' });
  });

  it('takes the database of the connection string, or its own', async () => {
    const server = await MongoServer.start({ replicaSet: null });
    for (const [database, expected] of [
      ['', 'waybill'],
      ['mine', 'mine'],
    ] as const) {
      const mongo = await openMongo(server.uri(database));
      expect([mongo.db.databaseName, mongo.hasTransactions]).toEqual([expected, false]);
      await mongo.close();
    }
    await server.stop();
  });
});
