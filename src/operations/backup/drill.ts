import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '#config';
import type { BackupPlace } from '#lib/backup-places';
import { identitiesIn } from '#lib/sealed-archive';
import { loadMasterKey } from '#lib/vault';
import { alone } from './alone.js';
import { BackupRefused } from './backup-format.js';
import type { Description } from './description.contract.js';
import { checkSum, chooseBackup, fetchBackup } from './fetch-backup.js';
import { restore } from './restore.js';
import type { BackupSettings } from './settings.js';

/** What a drill found. `restored`: false where no secret key is here, so that only the checksum of the newest backup was compared. */
export type Drilled = {
  readonly backupId: string;
  readonly takenAt: string;
  readonly restored: boolean;
  readonly events: number;
};

/** Where the backup is restored in the data directory. */
const drillDirectory = 'restore-drill';

type DrillOptions = {
  readonly config: Config;
  readonly settings: Pick<BackupSettings, 'identityFile'>;
  readonly place: BackupPlace;
  /** Of the log whose newest backup is meant; by default the newest of any. */
  readonly log?: string | undefined;
};

/**
 * Restores the newest backup into a scratch directory, opens every store with the master key, checks every event, and removes all of it.
 * @throws {BackupRefused | ArchiveDamaged | VaultError | BackupPlaceUnavailable} it could not be restored, or another drill goes on.
 */
export const drill = async ({ config, settings, place, log }: DrillOptions): Promise<Drilled> => {
  const newest = await chooseBackup(place, { log });
  const { id: backupId, takenAt, events } = newest;
  const { identityFile } = settings;
  if (identityFile === undefined) {
    await checkSum(place, newest);
    return { backupId, takenAt, restored: false, events };
  }
  await inScratch(config.WAYBILL_DATA_DIR, (scratch) => restoreInto(scratch, { config, identityFile, place, newest }));
  return { backupId, takenAt, restored: true, events };
};

/** Removes what a drill left that was killed, and nothing of one that goes on. */
export const removeDrill = async (directory: string): Promise<void> => {
  try {
    await inScratch(directory, async () => undefined);
  } catch (error) {
    if (!(error instanceof BackupRefused)) throw error;
  }
};

/** @throws {BackupRefused} another drill goes on. */
const inScratch = (directory: string, work: (scratch: string) => Promise<void>): Promise<void> => {
  const refusal = `Another drill goes on in ${directory}: it is enough, or wait until it has ended`;
  return alone(directory, drillDirectory, refusal, async () => {
    const scratch = join(directory, drillDirectory);
    await rm(scratch, { recursive: true, force: true }); // of one that was killed
    try {
      await work(scratch);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
};

type Restoring = {
  readonly config: Config;
  readonly identityFile: string;
  readonly place: BackupPlace;
  readonly newest: Description;
};

const restoreInto = async (scratch: string, { config, identityFile, place, newest }: Restoring): Promise<void> => {
  const { WAYBILL_DATA_DIR: directory, WAYBILL_MASTER_KEY: given } = config;
  const [fetched, data] = [join(scratch, 'backup'), join(scratch, 'data')];
  for (const path of [fetched, data]) await mkdir(path, { recursive: true, mode: 0o700 });
  await fetchBackup(place, newest, identitiesIn(await readFile(identityFile, 'utf8')), fetched);
  const key = await loadMasterKey({ given, directory, mayBeNew: false });
  const masterKey = Buffer.from(key.handOver()).toString('base64');
  const { events, corrupt } = await restore(fetched, { config: { WAYBILL_DATA_DIR: data }, masterKey });
  if (events !== newest.events || corrupt.length !== newest.damaged)
    throw new BackupRefused(
      `The backup of ${newest.takenAt} was restored with ${events} events, ${corrupt.length} of them damaged, and not with ${newest.events} and ${newest.damaged}`,
    );
};
