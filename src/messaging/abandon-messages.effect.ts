import { Injectable } from '@nestjs/common';
import type { Effect } from '../platform/context-definition.js';
import { Views } from '../platform/views/views.js';
import type { AbandonMessage, AbandonMessages, RecordChangeFailed } from './message.commands.js';
import { messages } from './messages.projection.js';
import { failures } from './outbox/attempt.rules.js';
import { Outbox } from './outbox/outbox.js';
import { PendingChanges } from './outbox/pending-changes.js';

/** Finds the messages that a deleted session has not sent, and fails them. */
@Injectable()
export class AbandonMessagesEffect implements Effect<AbandonMessages> {
  constructor(
    private readonly views: Views,
    private readonly outbox: Outbox,
    private readonly changes: PendingChanges,
  ) {}

  async run({ data: { sessionId, at } }: AbandonMessages): Promise<readonly (AbandonMessage | RecordChangeFailed)[]> {
    this.outbox.forget(sessionId);
    await this.views.fresh(messages);
    const abandoned: AbandonMessage[] = [];
    const unsent = { where: { sessionId, status: { in: ['scheduled', 'queued'] } } } as const;
    for await (const { id: messageId } of this.views.scan(messages, unsent)) {
      abandoned.push({ type: 'AbandonMessage', data: { messageId, at } });
    }
    return [...abandoned, ...(await this.changes.failAll({ sessionId }, failures.changeAbandoned, at))];
  }
}
