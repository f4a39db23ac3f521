import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openMongo, tryOwn, type Mongo } from '#lib/mongo';
import { JobLeases } from '../../src/platform/jobs/job-leases.js';
import { MongoServer } from '../support/mongodb-server/server.js';
import { eventually } from '../support/eventually.js';

let server: MongoServer;
const mongos: Mongo[] = [];
let processes: readonly JobLeases[];
const { signal } = new AbortController();

beforeAll(async () => {
  server = await MongoServer.start();
  for (let process = 0; process < 3; process += 1) mongos.push(await openMongo(server.uri('jobs')));
  processes = mongos.map((mongo) => new JobLeases({ database: { tryOwn: (what) => tryOwn(mongo, what) } }));
});
afterAll(async () => {
  for (const mongo of mongos) await mongo.close();
  await server.stop();
});

it('of several processes that share a database, one at a time works on a job; others work on other jobs', async () => {
  const done: string[] = [];
  const others = processes.slice(1);
  await processes[0]!.alone('media', signal, async () => {
    await Promise.all(others.map((other) => other.alone('media', signal, async () => void done.push('media'))));
    await others[0]!.alone('backup', signal, async () => void done.push('backup'));
  });
  expect(done).toEqual(['backup']);
  await others[0]!.alone('media', signal, async () => void done.push('media'));
  expect(done).toEqual(['backup', 'media']);
});

it('what a process does is aborted once another process has taken its place', async () => {
  let wasAborted = false;
  await processes[0]!.alone('media', signal, async (own) => {
    await mongos[1]!.db
      .collection<{ _id: string; by: string }>('owners')
      .updateOne({ _id: 'job media' }, { $set: { by: 'another' } });
    await eventually(() => own.aborted);
    wasAborted = true;
  });
  expect(wasAborted).toBe(true);
});
