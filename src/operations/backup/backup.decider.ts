import { decider, DomainError } from '#lib/event-sourcing';
import type { BackupCommand } from './backup.commands.js';
import { backupEvents, type BackupEvent } from './backup.contract.js';

/** There is one stream. */
export const backupsId = 'all';

type BackupsState = {
  /** The one that is asked for and has not ended. */
  readonly current: string | null;
  /** The ids of those that are in their place, as far as is known. */
  readonly kept: readonly string[];
  /** The ids of those that are not there any more. */
  readonly removed: readonly string[];
  /** The log of the last one that was made here. */
  readonly log: string | null;
  /** Of the last one that ended, where it failed. */
  readonly failure: { readonly reason: string; readonly at: string } | null;
};

export const backupsDecider = decider<BackupCommand, BackupEvent, BackupsState>({
  events: backupEvents,
  idOf: () => backupsId,
  initialState: { current: null, kept: [], removed: [], log: null, failure: null },

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
    EndBackupInCopy: ({ from, at }, { current }) => {
      if (current === null) return [];
      return from?.backupId === current
        ? [{ type: 'BackupMade', data: { ...from, madeAt: at } }]
        : [{ type: 'BackupLeft', data: { backupId: current, leftAt: at } }];
    },
    RecordBackupsInPlace: ({ backupIds, own, at }, { current, kept, removed }): readonly BackupEvent[] => {
      if (backupIds.length === 0 && kept.length > 0)
        throw new DomainError(
          'unavailable',
          'backups_missing',
          `No backup is in WAYBILL_BACKUP_TO, and ${kept.length} should be: is its disk mounted? Nothing is recorded of it; if they were removed on purpose, make a new backup`,
        );
      const there = new Set(backupIds);
      const gone = kept.filter((id) => !there.has(id));
      const found = removed.filter((id) => there.has(id));
      const known = new Set([...kept, ...removed, current]);
      const discovered = own.filter(({ backupId }) => !known.has(backupId));
      return [
        ...gone.map((backupId) => ({ type: 'BackupRemoved' as const, data: { backupId, removedAt: at } })),
        ...found.map((backupId) => ({ type: 'BackupFound' as const, data: { backupId, foundAt: at } })),
        ...discovered.map((one) => ({ type: 'BackupDiscovered' as const, data: { ...one, discoveredAt: at } })),
      ];
    },
  },

  evolve: {
    BackupRequested: (state, { backupId }) => ({ ...state, current: backupId }),
    BackupMade: (state, { backupId, made: { log = null } }) => ({
      ...state,
      current: null,
      kept: [...state.kept, backupId],
      log,
      failure: null,
    }),
    BackupFailed: (state, { reason, failedAt }) => ({
      ...state,
      current: null,
      failure: { reason, at: failedAt },
    }),
    BackupLeft: (state) => ({ ...state, current: null }),
    BackupRemoved: (state, { backupId }) => ({
      ...state,
      kept: state.kept.filter((id) => id !== backupId),
      removed: [...state.removed, backupId],
    }),
    BackupFound: (state, { backupId }) => ({
      ...state,
      kept: [...state.kept, backupId],
      removed: state.removed.filter((id) => id !== backupId),
    }),
    BackupDiscovered: (state, { backupId }) => ({ ...state, kept: [...state.kept, backupId] }),
  },
});
