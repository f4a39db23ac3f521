import { Inject, Injectable } from '@nestjs/common';
import { Jobs } from '../jobs/jobs.js';
import type { Stores } from '../stores.js';
import { STORES } from '../tokens.js';

/** An update leaves behind what only the version before it read. */
@Injectable()
export class UnusedViews {
  constructor(jobs: Jobs, @Inject(STORES) stores: Pick<Stores, 'models'>) {
    jobs.add({
      name: 'unused-views',
      description: 'Removes views, and snapshots of what is kept in memory, that only an earlier version knew.',
      schedule: '51 2 * * *',
      run: async () => {
        const removed = await stores.models.dropUnprepared();
        return { removed: removed.length, names: removed.join(' ') };
      },
    });
  }
}
