import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CredentialStore } from '#lib/whatsapp/baileys';
import { openMongoCredentials } from '#lib/whatsapp/baileys/credentials/mongo';
import { eventually } from '../support/eventually.js';
import { openOn } from '../support/mongodb-server/open-on.js';
import { MongoServer } from '../support/mongodb-server/server.js';

const unavailable = expect.objectContaining({ name: 'CredentialsUnavailable' });
/** More than the driver tries again. */
const many = 50;
const log = 'credentials.log';

describe.each([
  ['a replica set', 'rs0'],
  ['a server of its own', null],
])('credentials on %s', (_what, replicaSet) => {
  let server: MongoServer;
  let store: CredentialStore;
  let uri: string;

  const open = (): Promise<CredentialStore> => openOn(uri, (mongo) => openMongoCredentials(mongo));
  const key = (id: string, value: string | null) => ({
    type: 'session',
    id,
    value: value === null ? null : Buffer.from(value),
  });
  const write = (id: string, value: string | null): Promise<void> => store.write('a', [key(id, value)], 'power_cut');
  /** Whether it was acknowledged. */
  const written = (id: string): Promise<boolean> =>
    write(id, id).then(
      () => true,
      (error: unknown) => {
        expect(error).toEqual(unavailable);
        return false;
      },
    );
  const read = async (...ids: string[]): Promise<object> =>
    Object.fromEntries(
      Array.from(await store.read('a', 'session', ids), ([id, value]) => [id, Buffer.from(value).toString()]),
    );
  const reopen = async (): Promise<void> => {
    await store.close();
    store = await open();
  };

  beforeEach(async () => {
    server = await MongoServer.start({ replicaSet });
    uri = `${server.uri(`credentials-${randomUUID().slice(0, 13)}`)}&serverSelectionTimeoutMS=1500`;
    store = await open();
  });
  afterEach(async () => {
    server.faults.clear();
    await store.close();
    await server.stop();
  });

  it('are written once or not at all while the leader changes, for a moment and for long', async () => {
    server.faults.stepDown(`insert ${log}`);
    const isRepeated = await written('moment');
    expect(isRepeated).toBe(replicaSet !== null);
    server.faults.stepDown(`insert ${log}`, many);
    expect(await written('long')).toBe(false);
    server.faults.clear();
    await eventually(() => written('after'));
    const expected = { ...(isRepeated && { moment: 'moment' }), after: 'after' };
    expect(await read('moment', 'long', 'after')).toEqual(expected);
    await reopen();
    expect(await read('moment', 'long', 'after')).toEqual(expected);
  });

  it.each(['drop', 'loseAnswer', 'stepDown'] as const)(
    'are right after a restart, although the rows could not follow the log: %s',
    async (fault) => {
      await write('stays', 'old');
      await write('goes', 'old');
      await reopen();
      for (const command of ['update', 'delete']) {
        await write('stays', `at ${command}`);
        await write('goes', command === 'update' ? 'again' : null);
        for (const place of ['credentials', log]) server.faults[fault](`${command} ${place}`, many);
        await store.close();
        server.faults.clear();
        store = await eventually(open);
      }
      expect(await read('stays', 'goes')).toEqual({ stays: 'at delete' });
    },
  );

  it('are seen at once and acknowledged in their order while the server is slow', async () => {
    const acknowledged: string[] = [];
    const release = server.faults.hold(`insert ${log}`);
    const writing = ['one', 'two', 'three'].map((id) => write(id, id).then(() => acknowledged.push(id)));
    await eventually(() => server.faults.isHolding(`insert ${log}`));
    expect(await read('one', 'two', 'three')).toEqual({ one: 'one', two: 'two', three: 'three' });
    expect(acknowledged).toEqual([]);
    release();
    await Promise.all(writing);
    expect(acknowledged).toEqual(['one', 'two', 'three']);
    await reopen();
    expect(await read('one', 'two', 'three')).toEqual({ one: 'one', two: 'two', three: 'three' });
  });

  it('keep all that was acknowledged and nothing that was refused, when the server was gone for longer than anybody waits', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `n${n}`);
    const outcomes = new Map<string, boolean>();
    const note = async (id: string): Promise<void> => void outcomes.set(id, await written(id));
    const early = ids.slice(0, 20).map(note);
    const { port, storage } = server;
    await eventually(() => outcomes.size > 0);
    await server.stop();
    await Promise.all([...early, ...ids.slice(20).map(note)]);
    expect(outcomes.get('n39')).toBe(false);
    await expect(store.read('a', 'session', ['never read'])).rejects.toEqual(unavailable);
    await expect(store.sessions()).rejects.toEqual(unavailable);
    server = await MongoServer.start({ port, storage, replicaSet });
    await eventually(() => written('after'));
    const kept = [...ids.filter((id) => outcomes.get(id)), 'after'];
    expect(await read(...ids, 'after')).toEqual(Object.fromEntries(kept.map((id) => [id, id])));
    await reopen();
    expect(await read(...ids, 'after')).toEqual(Object.fromEntries(kept.map((id) => [id, id])));
  });
});
