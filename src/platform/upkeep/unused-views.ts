import { Inject, Injectable } from '@nestjs/common';
import { Jobs } from '../jobs/jobs.js';
import { Processes } from '../processes/processes.js';
import type { Stores } from '../stores.js';
import { STORES } from '../tokens.js';
import { version } from '../version.js';

/** An update leaves behind what only the version before it read. While a process of another version lives, it may still be read. */
@Injectable()
export class UnusedViews {
  constructor(jobs: Jobs, processes: Processes, @Inject(STORES) stores: Pick<Stores, 'models' | 'database'>) {
    jobs.add({
      name: 'unused-views',
      description:
        'Removes views, indexes, and snapshots of what is kept in memory, that only an earlier version knew.',
      schedule: '51 2 * * *',
      run: async () => {
        const isUpdating = (await processes.list()).some((one) => one.version !== version);
        if (isUpdating) return { removed: 0, names: '' };
        const views = await stores.models.dropUnprepared();
        const removed = [...views, ...((await stores.database?.mongo.indexes.dropOthers('all')) ?? [])];
        return { removed: removed.length, names: removed.join(' ') };
      },
    });
  }
}
