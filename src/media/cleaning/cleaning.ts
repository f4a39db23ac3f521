import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import type { JobResult } from '../../platform/jobs/job.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { LOG } from '../../platform/tokens.js';
import { Cleaner } from './cleaner.js';
import { ContentRemover } from './content-remover.js';

/** Cleans the files of users every quarter of an hour. What a sweep leaves undone, because the process dies, the next one does. */
@Injectable()
export class Cleaning {
  constructor(
    jobs: Jobs,
    private readonly cleaner: Cleaner,
    private readonly remover: ContentRemover,
    @Inject(LOG) private readonly log: Log,
  ) {
    jobs.add({
      name: 'media-files',
      description: 'Cleans the files of users that are too old or too many, and removes what nothing needs.',
      schedule: '7,22,37,52 * * * *',
      run: (signal) => this.sweep(signal),
    });
  }

  private async sweep(signal: AbortSignal): Promise<JobResult> {
    const old = await this.cleaner.cleanOld(signal);
    const { removed, bytes } = await this.remover.sweep(signal);
    const forRoom = signal.aborted ? 0 : await this.cleaner.makeRoom(bytes, signal);
    if (old + forRoom + removed > 0) this.log.info({ old, forRoom, removed, bytes }, 'Media files were cleaned');
    return { old, forRoom, removed, bytes };
  }
}
