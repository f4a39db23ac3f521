import { DomainError } from '#lib/event-sourcing';
import { defineContext, queryHandler } from '../../platform/context-definition.js';
import type { GetBackup, ListBackups } from './backup.contract.js';
import { backupsDecider } from './backup.decider.js';
import { backups, backupsProjection } from './backup.projection.js';
import { backupsSaga } from './backup.saga.js';

/** Encrypted backups. */
export const backupContext = defineContext({
  name: 'backups',
  deciders: [backupsDecider],
  projections: [backupsProjection],
  sagas: [backupsSaga],
  queries: {
    ListBackups: queryHandler<ListBackups>({
      reads: [backups],
      answer: (page, models) => models.find(backups, page),
    }),
    GetBackup: queryHandler<GetBackup>({
      reads: [backups],
      answer: async ({ backupId }, models) => {
        const backup = await models.get(backups, backupId);
        if (backup) return backup;
        throw new DomainError('not_found', 'backup_not_found', 'There is no such backup');
      },
    }),
  },
});
