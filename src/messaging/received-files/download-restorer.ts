import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import { loadingAtStart, type LoadingAtStart } from '../../platform/loading-at-start.js';
import { LOG } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { messages } from '../messages.projection.js';
import { Senders } from '../senders/senders.js';
import { Downloads } from './downloads.js';

/** Short, because the end of the service waits for it. */
const viewCatchUpTimeoutMs = 1000;

/** Goes on with the files that were not fetched when the service stopped. A message that the saga brings as well is fetched once. */
@Injectable()
export class DownloadRestorer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loading: LoadingAtStart;

  constructor(
    private readonly downloads: Downloads,
    private readonly views: Views,
    private readonly senders: Senders,
    @Inject(LOG) log: Log,
  ) {
    this.loading = loadingAtStart(() => this.load(), log, 'The files to fetch could not be loaded yet');
  }

  onApplicationBootstrap(): void {
    this.loading.begin();
  }

  onModuleDestroy(): Promise<void> {
    return this.loading.end();
  }

  private async load(): Promise<void> {
    await this.views.fresh(messages, viewCatchUpTimeoutMs);
    const pending = { where: { fileState: 'pending', history: null } } as const;
    for await (const { id, sessionId } of this.views.scan(messages, pending)) {
      if (this.senders.fetchesAllFiles(sessionId)) this.downloads.enqueue(id);
    }
  }
}
