import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { retrying, usualRetry } from '#lib/async';
import type { Log } from '#lib/subscriptions';
import { LOG } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { messages } from '../messages.projection.js';
import { Downloads } from './downloads.js';

/** Short, because the end of the service waits for it. */
const viewCatchUpTimeoutMs = 1000;

/** Goes on with the files that were not fetched when the service stopped. A message that the saga brings as well is fetched once. */
@Injectable()
export class DownloadRestorer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private restoring: Promise<void> | undefined;

  constructor(
    private readonly downloads: Downloads,
    private readonly views: Views,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.restoring = this.restore();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.restoring;
  }

  private async restore(): Promise<void> {
    const { signal } = this.stopping;
    try {
      await retrying(() => this.load(), {
        policy: usualRetry,
        signal,
        again: (error) => {
          this.log.warn({ err: error }, 'The files to fetch could not be loaded yet');
          return true;
        },
      });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  private async load(): Promise<void> {
    await this.views.fresh(messages, viewCatchUpTimeoutMs);
    const pending = { where: { fileState: 'pending' } } as const;
    for await (const { id } of this.views.scan(messages, pending)) this.downloads.enqueue(id);
  }
}
