import type { Command } from '#lib/event-sourcing';
import type { BackupEvent } from './backup.contract.js';

type For<Data = object> = Data & { readonly backupId: string; readonly at: string };
type MadeData = Extract<BackupEvent, { readonly type: 'BackupMade' }>['data'];

/** What is recorded of a backup that was made. */
type DescribedBackup = Pick<MadeData, 'backupId' | 'made'>;

export type RequestBackup = Command<'RequestBackup', For>;
type RecordBackupMade = Command<'RecordBackupMade', For<Pick<MadeData, 'made'>>>;
type RecordBackupFailed = Command<'RecordBackupFailed', For<{ readonly reason: string }>>;
/** Which backups are in their place now. `own`: those of this log, with what is said of them there. */
type RecordBackupsInPlace = Command<
  'RecordBackupsInPlace',
  {
    readonly backupIds: readonly string[];
    readonly own: readonly DescribedBackup[];
    readonly at: string;
  }
>;

/** The log is a copy, in which nothing is being made yet. `from`: the backup that it was restored from, where it is described. */
type EndBackupInCopy = Command<'EndBackupInCopy', { readonly from: DescribedBackup | null; readonly at: string }>;

export type BackupCommand =
  EndBackupInCopy | RequestBackup | RecordBackupMade | RecordBackupFailed | RecordBackupsInPlace;
