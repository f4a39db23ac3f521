import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openMongo, own, type Mongo } from '#lib/mongo';
import { eventually } from '../support/eventually.js';
import { MongoServer } from '../support/mongodb-server/server.js';

/** More than the system gives. */
const noProcess = 2 ** 22 + 1;
const ownedElsewhere = expect.objectContaining({ name: 'OwnedElsewhere' });

describe('what one process has in a database of MongoDB', () => {
  let server: MongoServer;
  let mongo: Mongo;
  const owners = () => mongo.db.collection<{ _id: string; beat?: number; by?: string; pid?: number }>('owners');
  const beat = () => owners().updateOne({ _id: 'things' }, { $inc: { beat: 1 } });

  beforeAll(async () => {
    server = await MongoServer.start();
  });
  beforeEach(async () => {
    mongo = await openMongo(server.uri(`owners-${randomUUID().slice(0, 13)}`));
  });
  afterEach(() => mongo.close());
  afterAll(() => server.stop());

  it('is refused to others until it is released', async () => {
    const held = await own(mongo, 'things');
    await expect(own(mongo, 'things')).rejects.toEqual(ownedElsewhere);
    await expect(held.assertHeld()).resolves.toBeUndefined();
    await (await own(mongo, 'other things')).release();
    await held.release();
    await (await own(mongo, 'things')).release();
  });

  it('is taken at once from a process of this machine that was killed', async () => {
    await own(mongo, 'things');
    await owners().updateOne({ _id: 'things' }, { $set: { pid: noProcess, by: 'one that was killed' } });
    const looks = server.received('find');
    const held = await own(mongo, 'things');
    expect(server.received('find')).toBe(looks + 1);
    await held.assertHeld();
    await held.release();
  });

  it('is taken from an owner elsewhere that gives no sign of life, and then refused to that one', async () => {
    const held = await own(mongo, 'things');
    const silenced = { by: 'one elsewhere', beat: 1 };
    await owners().replaceOne({ _id: 'things' }, silenced);
    const second = await own(mongo, 'things');
    await second.assertHeld();
    await held.release();
    await second.assertHeld();
    await expect(own(mongo, 'things')).rejects.toEqual(ownedElsewhere);
    await second.release();
  }, 60_000);

  it('is not taken from an owner elsewhere that lives', async () => {
    await owners().insertOne({ _id: 'things', by: 'one elsewhere', beat: 1 });
    let beats: Promise<unknown> = Promise.resolve();
    const beating = setInterval(() => void (beats = beats.then(beat)), 100);
    await expect(own(mongo, 'things')).rejects.toEqual(ownedElsewhere);
    clearInterval(beating);
    await beats;
  });

  it('stays with its owner when the server was away for longer than an owner may be silent', async () => {
    const away = await MongoServer.start();
    const connected = await openMongo(`${away.uri()}&serverSelectionTimeoutMS=500`);
    const held = await own(connected, 'things');
    const { port, storage } = away;
    await away.stop();
    const isHeld = () =>
      held.assertHeld().then(
        () => true,
        () => false,
      );
    await eventually(async () => !(await isHeld()), 30_000);
    const again = await MongoServer.start({ port, storage });
    await eventually(isHeld);
    await expect(own(connected, 'things')).rejects.toEqual(ownedElsewhere);
    await held.release();
    await connected.close();
    await again.stop();
  }, 60_000);

  it('is handed to a later part of the process under the same name', async () => {
    await own(mongo, 'things', 'the thread');
    const again = await own(mongo, 'things', 'the thread');
    await expect(again.assertHeld()).resolves.toBeUndefined();
    await again.release();
  });
});

it('opening a database does not end transactions of a process that lives', async () => {
  const server = await MongoServer.start();
  const one = await openMongo(server.uri());
  const session = one.connection.getClient().startSession();
  await one.sessions.note({ id: session.id!.id as never });
  const noted = () => one.db.collection('sessions').countDocuments();
  const before = await noted();
  const other = await openMongo(server.uri());
  expect([before, await noted()]).toEqual([1, 1]);
  await other.sessions.endAll();
  expect(await noted()).toBe(0);
  await session.endSession();
  await other.close();
  await one.close();
  await server.stop();
});
