import { decider, DomainError } from '#lib/event-sourcing';
import type { BackupCommand } from './backup.commands.js';
import { backupEvents, type BackupEvent } from './backup.contract.js';

/** There is one stream. */
export const backupsId = 'all';

type BackupsState = {
  /** The one that is asked for and has not ended. */
  readonly current: string | null;
  /** The ids of those that are made and not removed. */
  readonly kept: readonly string[];
  /** The log of the last one that was made. */
  readonly log: string | null;
  /** Of the last one that ended, where it failed. */
  readonly failure: { readonly reason: string; readonly at: string } | null;
};

export const backupsDecider = decider<BackupCommand, BackupEvent, BackupsState>({
  events: backupEvents,
  idOf: () => backupsId,
  initialState: { current: null, kept: [], log: null, failure: null },

  decide: {
    RequestBackup: ({ backupId, at }, { current }) => {
      if (current === backupId) return [];
      if (current !== null)
        throw new DomainError(
          'conflict',
          'backup_running',
          `A backup is being made: ${current}. One is made at a time`,
        );
      return [{ type: 'BackupRequested', data: { backupId, requestedAt: at } }];
    },
    RecordBackupMade: ({ backupId, made, at }, { current }) =>
      current === backupId ? [{ type: 'BackupMade', data: { backupId, made, madeAt: at } }] : [],
    RecordBackupFailed: ({ backupId, reason, at }, { current }) =>
      current === backupId ? [{ type: 'BackupFailed', data: { backupId, reason, failedAt: at } }] : [],
    RecordBackupRemoved: ({ backupId, at }, { kept }) =>
      kept.includes(backupId) ? [{ type: 'BackupRemoved', data: { backupId, removedAt: at } }] : [],
  },

  evolve: {
    BackupRequested: (state, { backupId }) => ({ ...state, current: backupId }),
    BackupMade: ({ kept }, { backupId, made: { log = null } }) => ({
      current: null,
      kept: [...kept, backupId],
      log,
      failure: null,
    }),
    BackupFailed: (state, { reason, failedAt }) => ({
      ...state,
      current: null,
      failure: { reason, at: failedAt },
    }),
    BackupRemoved: (state, { backupId }) => ({ ...state, kept: state.kept.filter((id) => id !== backupId) }),
  },
});
