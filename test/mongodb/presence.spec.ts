import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { assertAlone, openMongo, showPresence, type Mongo } from '#lib/mongo';
import { MasterKey } from '#lib/vault';
import { openMongoSecrets } from '#lib/vault/mongo';
import { moveOthers } from '../../src/operations/migrate-stores/others-move.js';
import { lastMoveNote, moveNote, openDatabase } from '../../src/platform/database.js';
import { eventually } from '../support/eventually.js';
import { MongoServer } from '../support/mongodb-server/server.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

/** More than the system gives. */
const noProcess = 2 ** 22 + 1;
const inUse = /in use by another process/;

describe('processes that use a database beside its owner', () => {
  let server: MongoServer;
  let uri: string;
  let mongo: Mongo;
  const processes = () => mongo.db.collection<{ _id: string; beat?: number; pid?: number }>('processes');

  beforeAll(async () => {
    server = await MongoServer.start();
  });
  beforeEach(async () => {
    uri = server.uri(`presence-${randomUUID().slice(0, 13)}`);
    mongo = await openMongo(uri);
  });
  afterEach(() => mongo.close());
  afterAll(() => server.stop());

  it('are seen until they end', async () => {
    await assertAlone(mongo);
    const shown = await showPresence(mongo);
    await expect(assertAlone(mongo)).rejects.toThrow(inUse);
    await shown.release();
    await shown.release();
    await assertAlone(mongo);
    expect(await processes().countDocuments()).toBe(0);
  });

  it('are forgotten at once where they were killed on this machine, and elsewhere once they are silent', async () => {
    const shown = await showPresence(mongo);
    const here = await processes().findOne();
    await shown.release();
    await processes().insertOne({ ...here, _id: 'killed', beat: 1, pid: noProcess });
    const aloneMs = async (): Promise<number> => {
      const begunAt = performance.now();
      await assertAlone(mongo);
      return performance.now() - begunAt;
    };
    const killedHereMs = await aloneMs();
    await processes().insertOne({ _id: 'elsewhere', beat: 1 });
    expect(await aloneMs()).toBeGreaterThan(2 * killedHereMs); // the silence is waited for
    expect(await processes().countDocuments({ _id: 'elsewhere' })).toBe(0);
  }, 60_000);

  it('keep the stores from being moved away or restored under them', async () => {
    const { path, remove } = await temporaryDirectory();
    const config = { MONGODB_URI: uri, WAYBILL_DATA_DIR: path };
    const key = new MasterKey(randomBytes(32));
    await (await openMongoSecrets(mongo, { key, mayBeNew: true })).close();
    const api = await openDatabase(config, undefined, { beside: true });
    await expect(openDatabase(config, undefined, { alone: true })).rejects.toThrow(inUse);
    const moving = moveOthers({ config, to: 'file', sagas: [], progress: () => undefined });
    await expect(moving).rejects.toThrow(inUse);
    expect(await mongo.notes.get(moveNote)).toBeUndefined();
    await api?.close();
    await (await openDatabase(config, undefined, { alone: true }))?.close();
    await remove();
  });

  it('show themselves again where they were forgotten, and stay', async () => {
    const ends: string[] = [];
    const end = (why: string): void => void ends.push(why);
    const api = await openDatabase({ MONGODB_URI: uri }, undefined, { beside: true, end });
    await processes().deleteMany({});
    await eventually(async () => expect(await processes().countDocuments()).toBe(1), 10_000);
    expect(ends).toEqual([]);
    await api?.close();
    expect(await processes().countDocuments()).toBe(0);
  }, 30_000);

  it('end where the stores were moved after they were forgotten', async () => {
    const ends: string[] = [];
    const end = (why: string): void => void ends.push(why);
    const api = await openDatabase({ MONGODB_URI: uri }, undefined, { beside: true, end });
    await mongo.notes.put(lastMoveNote, 'begun and ended meanwhile');
    await processes().deleteMany({});
    await eventually(() => expect(ends).toEqual([expect.stringMatching(/the stores .* were moved meanwhile/)]), 10_000);
    await api?.close();
  }, 30_000);

  it('do not start while stores are moved', async () => {
    await mongo.notes.put(moveNote, 'file');
    await expect(openDatabase({ MONGODB_URI: uri }, undefined, { beside: true })).rejects.toThrow(/being moved/);
    await assertAlone(mongo);
  });
});
