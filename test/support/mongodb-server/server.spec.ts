import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import mongoose from 'mongoose';
import { eventually } from '../eventually.js';
import { MongoServer } from './server.js';

/** The same on a real server: set MONGODB_URI, of a replica set. */
const realUri = process.env['MONGODB_URI'];

const { MongoClient } = mongoose.mongo;
type Parcel = { _id: string; readonly to?: string; readonly grams?: number; readonly words?: readonly string[] };

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing was wrong',
    (error: unknown) => (error as { readonly code?: unknown }).code ?? error,
  );

describe('MongoDB', () => {
  let server: MongoServer | undefined;
  let client: InstanceType<typeof MongoClient>;
  const database = `spec-${randomUUID().slice(0, 8)}`;
  const newParcels = () => client.db(database).collection<Parcel>(`parcels-${randomUUID().slice(0, 8)}`);

  beforeAll(async () => {
    server = realUri === undefined ? await MongoServer.start() : undefined;
    client = await MongoClient.connect(server?.uri() ?? (realUri as string));
  });
  afterAll(async () => {
    await client.db(database).dropDatabase();
    await client.close();
    await server?.stop();
  });

  it('inserts, finds in order, and goes on from batch to batch', async () => {
    const parcels = newParcels();
    await parcels.insertMany(Array.from({ length: 250 }, (_, grams) => ({ _id: `p${grams}`, grams })));
    const found = await parcels
      .find({ grams: { $gte: 100 } })
      .sort({ grams: -1 })
      .batchSize(40)
      .toArray();
    expect(found.map(({ grams }) => grams)).toEqual(Array.from({ length: 150 }, (_, index) => 249 - index));
    const [first] = await parcels
      .find({}, { projection: { _id: 0, grams: 1 } })
      .sort({ grams: 1 })
      .limit(1)
      .toArray();
    expect(first).toEqual({ grams: 0 });
  });

  it('compares values of one type, and sorts types in its order', async () => {
    const values = newParcels() as unknown as mongoose.mongo.Collection<{ _id: string; v?: unknown }>;
    const all = { a: 'x', b: 2, c: null, d: true, e: new Date(0), g: 'ä', h: { deep: 1 } };
    await values.insertMany([...Object.entries(all).map(([_id, v]) => ({ _id, v })), { _id: 'f' }]);
    const ids = async (filter: object) =>
      (await values.find(filter).sort({ v: 1, _id: 1 }).toArray()).map(({ _id }) => _id).join('');
    expect(await ids({})).toBe('cfbaghde');
    expect(await ids({ v: { $gte: '' } })).toBe('ag');
    expect(await ids({ v: { $lt: 5 } })).toBe('b');
    expect(await ids({ v: null })).toBe('cf');
    expect(await ids({ v: { $in: ['x', null, true] } })).toBe('cfad');
    expect(await ids({ $or: [{ v: 2 }, { v: { $gte: new Date(0) } }] })).toBe('be');
    expect(await ids({ _id: { $in: ['a', 'z', 'a'] } })).toBe('a');
  });

  it('finds elements of lists by value and by beginning', async () => {
    const parcels = newParcels();
    await parcels.insertMany([
      { _id: 'a', words: ['fragile', 'glass'] },
      { _id: 'b', words: ['fragments'] },
    ]);
    expect(await parcels.countDocuments({ words: 'glass' })).toBe(1);
    expect(await parcels.countDocuments({ $and: [{ words: /^frag/ }, { words: /^gla/ }] })).toBe(1);
    expect(await parcels.countDocuments({ words: /^frag/ })).toBe(2);
  });

  it('writes in bulk, in order, and says which statement failed', async () => {
    const parcels = newParcels();
    await parcels.insertMany([{ _id: 'a' }, { _id: 'b', grams: 1 }, { _id: 'c', to: 'Bern' }]);
    const result = await parcels.bulkWrite([
      { deleteMany: { filter: { to: 'Bern' } } },
      { insertOne: { document: { _id: 'd', grams: 4 } } },
      { replaceOne: { filter: { _id: 'b', grams: 1 }, replacement: { grams: 2 }, upsert: true } },
      { updateOne: { filter: { _id: 'a' }, update: { $set: { to: 'Ulm' }, $inc: { grams: 3 } } } },
      { updateOne: { filter: { _id: 'e' }, update: { $set: { grams: 5 } }, upsert: true } },
    ]);
    expect(result).toMatchObject({ deletedCount: 1, insertedCount: 1, matchedCount: 2, upsertedCount: 1 });
    const all = await parcels.find().sort({ _id: 1 }).toArray();
    expect(all).toEqual([
      { _id: 'a', to: 'Ulm', grams: 3 },
      { _id: 'b', grams: 2 },
      { _id: 'd', grams: 4 },
      { _id: 'e', grams: 5 },
    ]);
    const stale = { replaceOne: { filter: { _id: 'b', grams: 1 }, replacement: { grams: 9 }, upsert: true } };
    const after = { updateOne: { filter: { _id: 'a' }, update: { $set: { grams: 9 } } } };
    expect(await codeOf(parcels.bulkWrite([stale, after]))).toBe(11000);
    expect(await parcels.countDocuments({ grams: 9 })).toBe(0);
    expect(await parcels.findOneAndDelete({ _id: 'e' })).toEqual({ _id: 'e', grams: 5 });
    const counted = { upsert: true, returnDocument: 'after' } as const;
    expect(await parcels.findOneAndUpdate({ _id: 'n' }, { $inc: { grams: 1 } }, counted)).toEqual({
      _id: 'n',
      grams: 1,
    });
  });

  it('groups, and sums only numbers', async () => {
    const parcels = newParcels() as unknown as mongoose.mongo.Collection<{ _id: string }>;
    const rows = [
      { at: '2026-11-20T10', n: 2 },
      { at: '2026-11-20T11', n: '7' },
      { at: '2026-11-19', n: 1.5 },
      { n: 9 },
    ];
    await parcels.insertMany(rows.map((row, index) => ({ _id: `${index}`, ...row })));
    const days = await parcels
      .aggregate([
        { $match: { at: { $gte: '' } } },
        { $group: { _id: { $substrCP: ['$at', 0, 10] }, count: { $sum: 1 }, s0: { $sum: '$n' } } },
        { $sort: { _id: 1 } },
      ])
      .toArray();
    expect(days).toEqual([
      { _id: '2026-11-19', count: 1, s0: 1.5 },
      { _id: '2026-11-20', count: 2, s0: 2 },
    ]);
  });

  it('keeps unique indexes, and the definitions of all', async () => {
    const parcels = newParcels();
    await parcels.createIndexes([{ key: { to: 1 }, unique: true, name: 'to' }, { key: { grams: 1, _id: 1 } }]);
    await parcels.insertOne({ _id: 'a', to: 'Bern' });
    expect(await codeOf(parcels.insertOne({ _id: 'b', to: 'Bern' }))).toBe(11000);
    await parcels.insertOne({ _id: 'b', to: 'Biel' });
    expect(await codeOf(parcels.updateOne({ _id: 'b' }, { $set: { to: 'Bern' } }))).toBe(11000);
    expect(await codeOf(parcels.createIndex({ grams: 1 }, { name: 'to' }))).toBe(86);
    expect(await codeOf(parcels.createIndex({ to: 1 }, { name: 'to', unique: false }))).toBe(86);
    expect(await codeOf(parcels.createIndex({ to: 1 }, { name: 'to', unique: true, expireAfterSeconds: 1 }))).toBe(85);
    expect(await codeOf(parcels.createIndex({ to: 1 }, { name: 'other', unique: true }))).toBe(85);
    expect((await parcels.indexes()).map(({ name }) => String(name)).toSorted((a, b) => a.localeCompare(b))).toEqual([
      '_id_',
      'grams_1__id_1',
      'to',
    ]);
    await parcels.dropIndex('to');
    await parcels.updateOne({ _id: 'b' }, { $set: { to: 'Bern' } });
  });

  it('renames a collection in place of another, with its indexes', async () => {
    const [old, next] = [newParcels(), newParcels()];
    await old.insertOne({ _id: 'old' });
    await next.insertOne({ _id: 'new' });
    await next.createIndex({ grams: 1 });
    expect(await codeOf(next.rename(old.collectionName))).toBe(48);
    await next.rename(old.collectionName, { dropTarget: true });
    expect(await old.find().toArray()).toEqual([{ _id: 'new' }]);
    expect(await old.indexes()).toHaveLength(2);
    const names = await client.db(database).listCollections({ name: next.collectionName }).toArray();
    expect(names).toEqual([]);
  });

  it('shows the writes of a transaction to others only once it is committed', async () => {
    const parcels = newParcels();
    await parcels.insertOne({ _id: 'a', grams: 1 });
    const session = client.startSession();
    session.startTransaction({ writeConcern: { w: 'majority' } });
    await parcels.updateOne({ _id: 'a' }, { $inc: { grams: 1 } }, { session });
    await parcels.insertOne({ _id: 'b' }, { session });
    expect(await parcels.find({}, { session }).toArray()).toHaveLength(2);
    expect(await parcels.find().toArray()).toEqual([{ _id: 'a', grams: 1 }]);
    await session.commitTransaction();
    expect(await parcels.findOne({ _id: 'a' })).toEqual({ _id: 'a', grams: 2 });
    session.startTransaction();
    await parcels.deleteMany({}, { session });
    await session.abortTransaction();
    expect(await parcels.countDocuments()).toBe(2);
    await session.endSession();
  });

  it('ends a transaction that writes what another has written', async () => {
    const parcels = newParcels();
    await parcels.insertOne({ _id: 'a', grams: 1 });
    const session = client.startSession();
    session.startTransaction();
    await parcels.findOne({ _id: 'a' }, { session });
    await parcels.updateOne({ _id: 'a' }, { $inc: { grams: 5 } });
    const late = parcels.updateOne({ _id: 'a' }, { $inc: { grams: 1 } }, { session });
    await expect(late).rejects.toMatchObject({ code: 112 });
    await expect(late).rejects.toThrow(mongoose.mongo.MongoServerError);
    expect(await codeOf(parcels.findOne({ _id: 'a' }, { session }))).toBe(251);
    await session.abortTransaction();
    await session.endSession();
    expect(await parcels.findOne({ _id: 'a' })).toEqual({ _id: 'a', grams: 6 });
  });

  it('refuses what it does not know', async () => {
    const parcels = newParcels();
    await parcels.insertOne({ _id: 'a' });
    const db = client.db(database);
    expect(await codeOf(db.command({ noSuchCommand: 1 }))).toBe(59);
    expect(await codeOf(db.command({ find: parcels.collectionName, noSuchField: 1 }))).toBe(40415);
    expect(await codeOf(parcels.find({ grams: { $near: 1, $nosuch: 1 } } as object).toArray())).toBe(2);
    expect(await codeOf(parcels.updateOne({ _id: 'a' }, { $nosuch: { a: 1 } } as object))).toBe(9);
    expect(await codeOf(parcels.aggregate([{ $nosuch: 1 }]).toArray())).toBe(40324);
    expect(await codeOf(parcels.updateOne({ _id: 'a' }, [{ $set: { _id: 'b' } }]))).toBe(66);
  });
});

describe('the MongoDB server of the tests', () => {
  let server: MongoServer;
  let client: InstanceType<typeof MongoClient>;
  const parcels = () => client.db('waybill').collection<Parcel>('parcels');

  beforeAll(async () => {
    server = await MongoServer.start();
    client = await MongoClient.connect(server.uri());
  });
  afterEach(() => server.faults.clear());
  afterAll(async () => {
    await client.close();
    await server.stop();
  });

  it('runs a write once, although its answer is lost and it is sent again', async () => {
    await parcels().insertOne({ _id: 'once', grams: 0 });
    server.faults.loseAnswer('update');
    await parcels().updateOne({ _id: 'once' }, { $inc: { grams: 1 } });
    server.faults.drop('update');
    await parcels().updateOne({ _id: 'once' }, { $inc: { grams: 1 } });
    server.faults.stepDown('update');
    await parcels().updateOne({ _id: 'once' }, { $inc: { grams: 1 } });
    expect((await parcels().findOne({ _id: 'once' }))?.grams).toBe(3);
  });

  it('commits once, although the answer is lost', async () => {
    const session = client.startSession();
    session.startTransaction();
    await parcels().insertOne({ _id: 'committed' }, { session });
    server.faults.loseAnswer('commitTransaction');
    await session.commitTransaction();
    await session.endSession();
    expect(await parcels().countDocuments({ _id: 'committed' })).toBe(1);
  });

  it('lets a command wait', async () => {
    const release = server.faults.hold('find');
    const found = parcels().findOne({ _id: 'never' });
    let isFound = false;
    void found.then(() => (isFound = true));
    await parcels().insertOne({ _id: 'meanwhile' });
    expect(isFound).toBe(false);
    release();
    expect(await found).toBeNull();
  });

  it('has its data when it comes back', async () => {
    await parcels().insertOne({ _id: 'kept' });
    const { port, storage } = server;
    await server.stop();
    server = await MongoServer.start({ port, storage });
    await eventually(async () => (await parcels().countDocuments({ _id: 'kept' })) === 1);
  });

  it('asks for a password', async () => {
    const credentials = { name: 'way=bill', password: 'p@ss, word' };
    const guarded = await MongoServer.start({ credentials });
    const known = await MongoClient.connect(guarded.uri());
    await known.db('waybill').collection('parcels').insertOne({ to: 'Bern' });
    await known.close();
    const wrong = guarded.uri().replace('word', 'wort');
    expect(await codeOf(MongoClient.connect(wrong))).toBe(18);
    const stranger = await MongoClient.connect(
      guarded
        .uri()
        .replace(/\/\/.*@/, '//')
        .replace(/&authSource=admin/, ''),
    );
    expect(await codeOf(stranger.db('waybill').collection('parcels').findOne({}))).toBe(13);
    await stranger.close();
    await guarded.stop();
  });

  it('knows no transactions when it stands alone', async () => {
    const alone = await MongoServer.start({ replicaSet: null });
    const only = await MongoClient.connect(alone.uri());
    const own = only.db('waybill').collection<Parcel>('parcels');
    await own.insertOne({ _id: 'a' });
    const session = only.startSession();
    session.startTransaction();
    await expect(own.insertOne({ _id: 'b' }, { session })).rejects.toThrow(/does not support retryable writes/);
    await session.endSession();
    await only.close();
    await alone.stop();
  });
});
