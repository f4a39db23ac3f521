import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '#config';
import type { BackupPlace } from '#lib/backup-places';
import { identitiesIn } from '#lib/sealed-archive';
import { loadMasterKey } from '#lib/vault';
import { BackupRefused } from './backup-format.js';
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
export const drillDirectory = 'restore-drill';

type DrillOptions = {
  readonly config: Config;
  readonly settings: Pick<BackupSettings, 'identityFile'>;
  readonly place: BackupPlace;
  /** Of the log whose newest backup is meant; by default the newest of any. */
  readonly log?: string | undefined;
};

/**
 * Restores the newest backup into a scratch directory, opens every store with the master key, checks every event, and removes all of it.
 * @throws {BackupRefused | ArchiveDamaged | VaultError | BackupPlaceUnavailable} it could not be restored.
 */
export const drill = async ({ config, settings, place, log }: DrillOptions): Promise<Drilled> => {
  const newest = await chooseBackup(place, { log });
  const { id: backupId, takenAt, events: expected } = newest;
  if (settings.identityFile === undefined) {
    await checkSum(place, newest);
    return { backupId, takenAt, restored: false, events: expected };
  }
  const { WAYBILL_DATA_DIR: directory } = config;
  const scratch = join(directory, drillDirectory);
  await rm(scratch, { recursive: true, force: true }); // of one that was cut off
  try {
    const [fetched, data] = [join(scratch, 'backup'), join(scratch, 'data')];
    for (const path of [fetched, data]) await mkdir(path, { recursive: true, mode: 0o700 });
    await fetchBackup(place, newest, identitiesIn(await readFile(settings.identityFile, 'utf8')), fetched);
    const key = await loadMasterKey({ given: config.WAYBILL_MASTER_KEY, directory, mayBeNew: false });
    const masterKey = Buffer.from(key.handOver()).toString('base64');
    const { events, corrupt } = await restore(fetched, { config: { WAYBILL_DATA_DIR: data }, masterKey });
    if (events !== expected || corrupt.length !== newest.damaged)
      throw new BackupRefused(
        `The backup of ${takenAt} was restored with ${events} events, ${corrupt.length} of them damaged, and not with ${expected} and ${newest.damaged}`,
      );
    return { backupId, takenAt, restored: true, events };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};
