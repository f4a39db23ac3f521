import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import type { JobResult } from '../platform/jobs/job.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { RequestLog } from '../platform/request-log/request-log.js';
import { LOG } from '../platform/tokens.js';

/** Removes requests from their log once they are too old, every hour. */
@Injectable()
export class RequestCleaning {
  constructor(
    jobs: Jobs,
    private readonly requests: RequestLog,
    @Inject(LOG) private readonly log: Log,
  ) {
    jobs.add({
      name: 'request-log',
      description: 'Removes requests that are older than they are kept from their log.',
      schedule: '17 * * * *',
      run: (signal) => this.sweep(signal),
    });
  }

  private async sweep(signal: AbortSignal): Promise<JobResult> {
    const removed = await this.requests.clean(signal);
    if (removed > 0) this.log.info({ removed }, 'Old requests were removed from their log');
    return { removed };
  }
}
