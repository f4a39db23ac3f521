import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import { DueWork, type DueItem } from '../../platform/due-work/due-work.js';
import { LOG } from '../../platform/tokens.js';
import { Cleaner } from './cleaner.js';
import { ContentRemover } from './content-remover.js';

/** The start of the service has better to do. */
const firstSweepAfterMs = 60_000;
const sweepIntervalMs = 15 * 60_000;
const sweep = 'sweep';

/** Cleans the files of users every quarter of an hour. What a sweep leaves undone, because the process dies, the next one does. */
@Injectable()
export class Cleaning implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private readonly work: DueWork;
  private nextAtMs = 0;

  constructor(
    private readonly cleaner: Cleaner,
    private readonly remover: ContentRemover,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.work = new DueWork({ name: 'media-cleaning', find: () => this.due(), run: () => this.sweep() }, log);
  }

  onApplicationBootstrap(): void {
    this.nextAtMs = Date.now() + firstSweepAfterMs;
    this.work.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.work.stop();
  }

  /** However far the clock is set back, the next sweep is never further away than usual. */
  private async *due(): AsyncGenerator<DueItem> {
    this.nextAtMs = Math.min(this.nextAtMs, Date.now() + sweepIntervalMs);
    yield { key: sweep, dueAt: new Date(this.nextAtMs).toISOString() };
  }

  private async sweep(): Promise<void> {
    const { signal } = this.stopping;
    const old = await this.cleaner.cleanOld(signal);
    const { removed, bytes } = await this.remover.sweep(signal);
    const forRoom = signal.aborted ? 0 : await this.cleaner.makeRoom(bytes, signal);
    this.nextAtMs = Date.now() + sweepIntervalMs;
    if (old + forRoom + removed > 0) this.log.info({ old, forRoom, removed, bytes }, 'Media files were cleaned');
  }
}
