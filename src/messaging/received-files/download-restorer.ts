import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import { loadingAtStart, type LoadingAtStart } from '../../platform/loading-at-start.js';
import { LOG } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { SessionProcess } from '../../platform/processes/session-process.js';
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
    private readonly sessionProcess: SessionProcess,
  ) {
    this.loading = loadingAtStart(() => this.load(), log, 'The files to fetch could not be loaded yet');
  }

  onApplicationBootstrap(): void {
    if (!this.sessionProcess.isHere) return;
    this.loading.begin();
  }

  onModuleDestroy(): Promise<void> {
    return this.loading.end();
  }

  private async load(): Promise<void> {
    await this.views.fresh(messages, viewCatchUpTimeoutMs);
    const pending = { where: { fileState: 'pending', history: null } } as const;
    for await (const { id, sessionId } of this.views.scan(messages, pending)) {
      if (this.senders.fetchesAllFiles(sessionId)) this.downloads.enqueue(id, sessionId);
    }
  }
}
