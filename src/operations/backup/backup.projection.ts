import { projection } from '#lib/event-sourcing';
import { collection, patch, put, remove } from '#lib/read-models';
import { backupEvents, type BackupEvent, type BackupView } from './backup.contract.js';

/** Every backup that was asked for here, or found in the place. */
export const backups = collection<BackupView>({ name: 'backups', version: 1, indexes: [] });

const nothingYet = {
  endedAt: null,
  reason: null,
  takenAt: null,
  archive: null,
  sha256: null,
  verified: null,
  position: null,
  events: null,
  damaged: null,
  bytes: null,
  holds: null,
} as const;

/** As it was when it was asked for, whatever has become of it. */
export const asRequested = ({ id, requestedAt }: Pick<BackupView, 'id' | 'requestedAt'>): BackupView => ({
  id,
  status: 'running',
  requestedAt,
  ...nothingYet,
});

const shownOf = ({
  media: _media,
  log: _log,
  restoredAt: _restoredAt,
  ...shown
}: Extract<BackupEvent, { type: 'BackupMade' }>['data']['made']) => shown;

export const backupsProjection = projection<BackupEvent, BackupView>({
  into: backups,
  from: [backupEvents],
  on: {
    BackupRequested: ({ data: { backupId: id, requestedAt } }) => put(id, asRequested({ id, requestedAt })),
    BackupMade: ({ data: { backupId, made, madeAt } }) => {
      return patch(backupId, { ...shownOf(made), status: 'completed', endedAt: madeAt });
    },
    BackupFailed: ({ data: { backupId, reason, failedAt } }) =>
      patch(backupId, { status: 'failed', reason, endedAt: failedAt }),
    BackupLeft: ({ data: { backupId } }) => remove(backupId),
    BackupRemoved: ({ data: { backupId } }) => patch(backupId, { status: 'removed' }),
    // When its making ended is not known; it was verified then.
    BackupDiscovered: ({ data: { backupId: id, made } }) => {
      const { takenAt } = made;
      return put(id, { id, status: 'completed', requestedAt: takenAt, endedAt: null, reason: null, ...shownOf(made) });
    },
    BackupFound: ({ data: { backupId } }) => patch(backupId, { status: 'completed' }),
  },
});
