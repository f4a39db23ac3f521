import type { Command } from '#lib/event-sourcing';
import type { BackupEvent } from './backup.contract.js';

type For<Data = object> = Data & { readonly backupId: string; readonly at: string };
type MadeData = Extract<BackupEvent, { readonly type: 'BackupMade' }>['data'];

export type RequestBackup = Command<'RequestBackup', For>;
type RecordBackupMade = Command<'RecordBackupMade', For<Pick<MadeData, 'made'>>>;
type RecordBackupFailed = Command<'RecordBackupFailed', For<{ readonly reason: string }>>;
/** Which backups are in their place now. `own`: those of this log, with what is said of them there. */
type RecordBackupsInPlace = Command<
  'RecordBackupsInPlace',
  {
    readonly backupIds: readonly string[];
    readonly own: readonly Pick<MadeData, 'backupId' | 'made'>[];
    readonly at: string;
  }
>;

export type BackupCommand = RequestBackup | RecordBackupMade | RecordBackupFailed | RecordBackupsInPlace;
