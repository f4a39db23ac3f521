import { saga } from '#lib/event-sourcing';
import type { RunJob } from '../../platform/jobs/job.commands.js';
import { backupEvents, type BackupEvent } from './backup.contract.js';

/** A backup that an admin asks for is made where jobs run. One that the job itself asks for is under way. */
export const backupsSaga = saga<BackupEvent, RunJob>({
  name: 'requested-backups',
  // What is older, the job finds at its next time.
  startFrom: 'now',
  from: [backupEvents],
  on: {
    BackupRequested: ({ metadata: { actor } }) =>
      actor.kind === 'admin' ? [{ type: 'RunJob', data: { name: 'backup', by: actor } }] : [],
  },
});
