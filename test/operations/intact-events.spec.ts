import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { readConfig } from '#config';
import { openBackupDirectory } from '#lib/backup-places/directory';
import { passedOver, type EventStore } from '#lib/event-store';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { backupProgram } from '../../src/operations/backup/backup-program.js';
import { describedIn } from '../../src/operations/backup/description.js';
import { lastBeforeRestore, logIdOf } from '../../src/operations/backup/intact-events.js';
import { closeStores, openStores } from '../../src/platform/stores.js';
import { newAgeKey } from '../support/age-keys.js';
import { EventStoreDbServer } from '../support/eventstoredb-server/index.js';
import { collect, newEvents, newStream } from '../support/event-store/events.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { newInstallation } from './support/installation.js';

let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let data: string;

beforeEach(async () => {
  temporary = await temporaryDirectory();
  data = join(temporary.path, 'data');
});
afterEach(() => temporary.remove());

const damage = (...positions: readonly number[]): void => {
  const db = new Database(join(data, 'events.db'));
  for (const position of positions)
    db.prepare(`UPDATE events SET data = '{"lost":true}' WHERE position = ?`).run(position);
  db.close();
};

const withLog = async <Result>(use: (log: EventStore) => Promise<Result>): Promise<Result> => {
  const log = await openSqliteEventStore({ file: join(data, 'events.db') });
  try {
    return await use(log);
  } finally {
    await log.close();
  }
};

/** Of a backup that the command line makes. */
const logOfBackup = async (): Promise<string | undefined> => {
  const { recipient } = await newAgeKey(temporary.path);
  const place = join(temporary.path, 'place');
  const variables = { WAYBILL_DATA_DIR: data, WAYBILL_BACKUP_TO: place, WAYBILL_BACKUP_RECIPIENT: recipient };
  await backupProgram(
    readConfig(variables),
    [],
    async () => [],
    () => undefined,
  );
  const [made] = await describedIn(openBackupDirectory(place));
  return made?.log;
};

describe('a log whose first events are damaged', () => {
  beforeEach(() => newInstallation(data));

  it('is the one that its backups are of, also once the events are passed over', async () => {
    const ids = await withLog((log) => collect(log.readAll()).then((events) => events.map(({ id }) => id)));
    damage(1, 2);
    const ofBackup = await logOfBackup();
    expect(ofBackup).toBe(ids[2]);
    await withLog(async (log) => {
      expect(await logIdOf(log)).toBe(ofBackup);
      log.passOver(1);
      expect(await logIdOf(log)).toBe(ofBackup);
      log.passOver(2);
      expect(await logIdOf(log)).toBe(ofBackup);
    });
  });

  it('has no id where nothing in it is intact', async () => {
    damage(1, 2, 3, 4, 5);
    await withLog(async (log) => expect(await logIdOf(log)).toBeUndefined());
  });
});

describe('a log on a server whose first events are damaged', () => {
  it('is recognized by the first one that is intact', async () => {
    const server = await EventStoreDbServer.start();
    await newInstallation(data, server.url);
    const stores = await openStores({ WAYBILL_DATA_DIR: data, EVENTSTORE_URL: server.url });
    const log = stores.events;
    try {
      const [first, second] = await collect(log.readAll());
      expect(await logIdOf(log)).toBe(first!.id);
      for (const record of server.log.records)
        if (record.id === first!.id)
          Object.assign(record, { data: Buffer.from('not JSON'), metadata: Buffer.from('') });
      await expect(collect(log.readAll())).rejects.toThrow(/corrupt/);
      expect(await logIdOf(log)).toBe(second!.id);
      log.passOver(first!.position);
      expect((await collect(log.readAll({ limit: 1 })))[0]?.type).toBe(passedOver);
      expect(await logIdOf(log)).toBe(second!.id);
    } finally {
      await closeStores(stores);
      await server.stop();
    }
  });
});

describe('the last event before a restore', () => {
  it('is neither damaged nor that of a restore', async () => {
    await newInstallation(data);
    damage(4, 5);
    await withLog(async (log) => {
      await log.append({ stream: newStream(), expected: 'any', events: newEvents(2, 'ServiceRestored') });
      expect((await lastBeforeRestore(log))?.position).toBe(3);
    });
  });

  it('is missing in a log that has none', async () => {
    await newInstallation(data);
    damage(1, 2, 3, 4, 5);
    await withLog(async (log) => expect(await lastBeforeRestore(log)).toBeUndefined());
  });
});
