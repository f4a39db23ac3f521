import { Inject, Injectable } from '@nestjs/common';
import type { JobResult } from '../jobs/job.js';
import { Jobs } from '../jobs/jobs.js';
import { RequestLog } from '../request-log/request-log.js';
import type { Stores } from '../stores.js';
import { STORES, VAULT } from '../tokens.js';
import type { Vault } from '../vault.js';

/** Once a night, at a quiet hour of most places: the stores bring their files into shape, one after the other. */
@Injectable()
export class StoreUpkeep {
  constructor(
    jobs: Jobs,
    @Inject(STORES) private readonly stores: Stores,
    @Inject(VAULT) private readonly vault: Vault,
    private readonly requestLog: RequestLog,
  ) {
    jobs.add({
      name: 'store-upkeep',
      description: 'Refreshes what SQLite plans queries by (PRAGMA optimize), and empties its write-ahead logs.',
      schedule: '41 2 * * *',
      run: (signal) => this.maintain(signal),
    });
  }

  /** Answers how many milliseconds each store took. */
  private async maintain(signal: AbortSignal): Promise<JobResult> {
    const { events, models, sagaProgress } = this.stores;
    const { requestLog } = this;
    const parts = { eventStore: events, readModels: models, sagaProgress, vault: this.vault.secrets, requestLog };
    const took: { [part: string]: number } = {};
    for (const [part, store] of Object.entries(parts)) {
      if (signal.aborted) break;
      const begunAt = performance.now();
      await store.maintain();
      took[part] = Math.round(performance.now() - begunAt);
    }
    return took;
  }
}
