import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { openMongo, type Mongo } from '#lib/mongo';
import { eventually } from '../support/eventually.js';
import { EventStoreDbServer } from '../support/eventstoredb-server/index.js';
import { MongoServer } from '../support/mongodb-server/server.js';
import { owner } from '../support/owner.js';
import { startService, startTimeoutMs, type Service } from '../support/service.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

/** Within this time after a SIGTERM the process has ended, wherever its start was. */
const maxEndMs = 20_000;

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: Service | undefined;

beforeAll(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => void service?.process.kill('SIGKILL'));
afterAll(() => directory.remove());

const start = (name: string, variables: NodeJS.ProcessEnv = {}): Service =>
  (service = startService({
    WAYBILL_DATA_DIR: join(directory.path, name),
    WAYBILL_ADMIN_EMAIL: owner.email,
    WAYBILL_ADMIN_PASSWORD: owner.password,
    WAYBILL_WHATSAPP: 'sandbox',
    SANDBOX_PORT: '0',
    SANDBOX_CONTROL_PORT: '0',
    ...variables,
  }));

/** Stops a service that starts, once it has come so far. What it logs then is that it stops, and no trouble. */
const stopOnce = async (starting: Service, hasCome: () => boolean | Promise<boolean>): Promise<readonly string[]> => {
  await eventually(hasCome, startTimeoutMs);
  expect(starting.output()).not.toMatch(/listening/);
  const stoppedAt = performance.now();
  starting.process.kill('SIGTERM');
  expect(await starting.ended()).toBe(0);
  expect(performance.now() - stoppedAt).toBeLessThan(maxEndMs);
  return starting.output().trim().split('\n');
};
/** Whether the process has a file of that name open. */
const hasOpen = ({ process: { pid } }: Service, file: string): boolean =>
  readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).endsWith(`/${file}`));

const messageOf = (line: string): string => (JSON.parse(line) as { readonly msg: string }).msg;

/** The service starts after that as if nothing had been. */
const startAndEnd = async (name: string, variables?: NodeJS.ProcessEnv): Promise<void> => {
  const started = start(name, variables);
  const url = await started.url();
  await eventually(async () => (await fetch(`${url}/health/ready`)).status === 200);
  const body = JSON.stringify(owner);
  const headers = { 'content-type': 'application/json' };
  const login = await fetch(`${url}/v1/admin/auth/login`, { method: 'POST', body, headers });
  expect(login.status).toBe(200);
  started.process.kill('SIGTERM');
  expect(await started.ended()).toBe(0);
};

it('a service that is stopped while it opens its files or the sessions ends in order, and starts again', async () => {
  const moments = [
    // In the first start: without a session it is closed again at once, and from then on it is there.
    () => existsSync(join(directory.path, 'files', 'credentials.db')),
    (starting: Service) => hasOpen(starting, 'events.db.lock'),
    (starting: Service) => hasOpen(starting, 'views.db'),
  ];
  for (const hasCome of moments) {
    const starting = start('files');
    const lines = await stopOnce(starting, () => hasCome(starting));
    expect([messageOf(lines.at(-1) ?? ''), lines.filter((line) => /"level":[4-6]0/.test(line))]).toEqual([
      'Stopped',
      [],
    ]);
    for (const shut of ['events.db-wal', 'views.db-wal', 'secrets.db-wal', 'credentials.db-wal'])
      expect([shut, existsSync(join(directory.path, 'files', shut))]).toEqual([shut, false]);
  }
  await startAndEnd('files');
}, 240_000);

describe('with servers', () => {
  let log: EventStoreDbServer;
  let database: MongoServer;
  let mongo: Mongo;
  let variables: NodeJS.ProcessEnv;

  beforeAll(async () => {
    [log, database] = [await EventStoreDbServer.start(), await MongoServer.start()];
    mongo = await openMongo(database.uri());
    const masterKey = randomBytes(32).toString('base64');
    variables = { EVENTSTORE_URL: log.url, MONGODB_URI: database.uri(), WAYBILL_MASTER_KEY: masterKey };
  });
  afterAll(async () => {
    await mongo.close();
    await database.stop();
    await log.stop();
  });

  const has = async (collection: string, what = {}): Promise<boolean> =>
    (await mongo.db.collection(collection).countDocuments(what)) > 0;
  /** What else is there may be of the start before. */
  const owns = ({ process: { pid } }: Service): Promise<boolean> => has('owners', { pid });

  it('a service that is stopped while it opens them leaves nothing that another machine would wait for, and starts again', async () => {
    for (const collection of ['owners', 'secrets', 'views.users']) {
      const starting = start('servers', variables);
      const lines = await stopOnce(starting, async () => (await owns(starting)) && (await has(collection)));
      expect([messageOf(lines.at(-1) ?? ''), lines.filter((line) => /"level":[4-6]0/.test(line))]).toEqual([
        'Stopped',
        [],
      ]);
      expect(await mongo.db.collection('owners').find().toArray()).toEqual([]);
      await mongo.db.collection(collection).deleteMany({});
    }
    await startAndEnd('servers', variables);
  }, 240_000);

  it('a service that waits for a server that is away ends, too', async () => {
    const starting = start('waiting', { ...variables, MONGODB_URI: 'mongodb://127.0.0.1:9/' });
    const lines = await stopOnce(starting, () => /waits for the server/.test(starting.output()));
    expect(messageOf(lines.at(-1) ?? '')).toBe('Stopped');
  }, 120_000);
});
