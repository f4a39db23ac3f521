import { Injectable } from '@nestjs/common';
import type { Effect } from '../platform/context-definition.js';
import { Views } from '../platform/views/views.js';
import type { FailForFormerAccount, FailUnlessFor, RecordChangeFailed } from './message.commands.js';
import { messages } from './messages.projection.js';
import { failures } from './outbox/attempt.rules.js';
import { PendingChanges } from './outbox/pending-changes.js';

/** Finds what a session has not sent: of this, what waits for another account fails. Promptness only: no attempt sends such a message either. */
@Injectable()
export class FormerAccountEffect implements Effect<FailForFormerAccount> {
  constructor(
    private readonly views: Views,
    private readonly changes: PendingChanges,
  ) {}

  async run({
    data: { sessionId, account, at },
  }: FailForFormerAccount): Promise<readonly (FailUnlessFor | RecordChangeFailed)[]> {
    await this.views.fresh(messages);
    const waiting: FailUnlessFor[] = [];
    const unsent = { where: { sessionId, status: { in: ['scheduled', 'queued'] } } } as const;
    for await (const { id: messageId } of this.views.scan(messages, unsent)) {
      waiting.push({ type: 'FailUnlessFor', data: { messageId, account, at } });
    }
    const isOfFormer = (change: { readonly account: string }): boolean => change.account !== account;
    const changes = await this.changes.failAll({ sessionId }, failures.accountChanged, at, isOfFormer);
    return [...waiting, ...changes];
  }
}
