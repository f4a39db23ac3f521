import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import { loadingAtStart, type LoadingAtStart } from '../../platform/loading-at-start.js';
import { LOG } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { SessionProcess } from '../../platform/processes/session-process.js';
import type { Placed } from '../message.commands.js';
import { messages } from '../messages.projection.js';
import { Outbox } from './outbox.js';
import { PendingChanges } from './pending-changes.js';

/** Short, because the end of the service waits for it. */
const viewCatchUpTimeoutMs = 1000;

/** Fills the outbox from the view at the start; from then on, the saga does. A message that comes both ways is in it once. */
@Injectable()
export class OutboxRestorer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loading: LoadingAtStart;

  constructor(
    private readonly outbox: Outbox,
    private readonly views: Views,
    private readonly changes: PendingChanges,
    @Inject(LOG) log: Log,
    private readonly sessionProcess: SessionProcess,
  ) {
    const restore = async () => this.outbox.restore(await this.load(), views.headAtStart);
    this.loading = loadingAtStart(restore, log, 'The messages to send could not be loaded yet');
  }

  /** New messages wait behind the older ones meanwhile. */
  onApplicationBootstrap(): void {
    if (!this.sessionProcess.isHere) return;
    this.loading.begin();
  }

  onModuleDestroy(): Promise<void> {
    return this.loading.end();
  }

  /** In the order in which they were queued. */
  private async load(): Promise<readonly Placed[]> {
    await this.views.fresh(messages, viewCatchUpTimeoutMs);
    const queued: Placed[] = [];
    const inOrder = { where: { status: 'queued' }, sort: { field: 'queuedPosition', order: 'asc' } } as const;
    for await (const { id: messageId, sessionId, chatId, queuedPosition } of this.views.scan(messages, inOrder)) {
      queued.push({ sessionId, chatId, messageId, changeId: null, position: queuedPosition ?? 0 });
    }
    const changes = await this.changes.inOrder(viewCatchUpTimeoutMs);
    return changes.length === 0 ? queued : [...queued, ...changes].toSorted((a, b) => a.position - b.position);
  }
}
