import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import type { ListUsers, UserView } from '../identity/user.contract.js';
import { CommandBus } from '../platform/bus/command-bus.js';
import { QueryBus } from '../platform/bus/query-bus.js';
import { CommandContext } from '../platform/command-context.js';
import type { JobResult } from '../platform/jobs/job.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { CONFIG } from '../platform/tokens.js';
import { Views } from '../platform/views/views.js';
import { expiredBefore, expiryOf } from './expiry.rules.js';
import { messages, type MessageDocument } from './messages.projection.js';
import { PendingChanges } from './outbox/pending-changes.js';
import type { ExpireMessages } from './retention.commands.js';

/** So many ids take 20 kB of the log. */
const expiredAtOnce = 500;
/** A run leaves the rest to the next one: the views have to keep up. */
const maxExpiredPerRun = 200_000;
const usersPerPage = 100;
const changesTimeoutMs = 10_000;
/** A message in any other status may still have to be sent. */
const settled = ['sent', 'delivered', 'read', 'played', 'failed', 'canceled', 'received'] as const;

/** `changing`: the messages with an edit that is still to be sent; `most`: so many are to expire. */
type Expiring = {
  readonly userId: string;
  readonly before: string;
  readonly changing: ReadonlySet<string>;
  readonly signal: AbortSignal;
  readonly most: number;
};

/** The content of messages goes when it is as old as its user, or the service, keeps content. */
@Injectable()
export class Retention {
  private readonly context = CommandContext.new({ kind: 'system', id: 'message-content' });
  private readonly usualDays: number;

  constructor(
    jobs: Jobs,
    @Inject(CONFIG) config: Config,
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
    private readonly views: Views,
    private readonly changes: PendingChanges,
  ) {
    this.usualDays = config.WAYBILL_MESSAGE_DAYS;
    jobs.add({
      name: 'message-content',
      description: 'Removes the content of messages that is older than its user, or the service, keeps content.',
      schedule: '27 * * * *',
      run: (signal) => this.expireOld(signal),
    });
  }

  private async expireOld(signal: AbortSignal): Promise<JobResult> {
    const now = new Date().toISOString();
    let expired = 0;
    let users = 0;
    await this.views.fresh(messages);
    const changing = await this.changing();
    for await (const { id: userId, retentionDays } of this.users()) {
      const before = expiredBefore(now, retentionDays, this.usualDays);
      if (before === null) continue;
      if (signal.aborted || expired >= maxExpiredPerRun) break;
      const count = await this.expireOf({ userId, before, changing, signal, most: maxExpiredPerRun - expired });
      expired += count;
      if (count > 0) users += 1;
    }
    return { expired, users };
  }

  private async expireOf({ userId, before, changing, signal, most }: Expiring): Promise<number> {
    const where = { userId, expiredAt: null, createdAt: { lt: before }, status: { in: settled } } as const;
    let expired = 0;
    let batch: MessageDocument[] = [];
    for await (const message of this.views.scan(messages, { where, sort: { field: 'createdAt', order: 'asc' } })) {
      if (signal.aborted || expired + batch.length >= most) break;
      if (changing.has(message.id)) continue;
      batch.push(message);
      if (batch.length < expiredAtOnce) continue;
      expired += await this.expire(userId, before, batch);
      batch = [];
    }
    return expired + (await this.expire(userId, before, batch));
  }

  private async expire(userId: string, before: string, batch: readonly MessageDocument[]): Promise<number> {
    const data = {
      userId,
      before,
      messages: batch.map((message) => expiryOf(message)),
      at: new Date().toISOString(),
    };
    await this.commands.execute<ExpireMessages>({ type: 'ExpireMessages', data }, this.context);
    return batch.length;
  }

  private async changing(): Promise<ReadonlySet<string>> {
    return new Set((await this.changes.inOrder(changesTimeoutMs)).map(({ messageId }) => messageId));
  }

  private async *users(): AsyncGenerator<UserView> {
    for (let cursor: string | null | undefined; cursor !== null;) {
      const data = { limit: usersPerPage, ...(cursor !== undefined && { cursor }) };
      const page = await this.queries.execute<ListUsers>({ type: 'ListUsers', data }, this.context);
      yield* page.data;
      cursor = page.next;
    }
  }
}
