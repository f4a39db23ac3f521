import { Injectable } from '@nestjs/common';
import type { Effect } from '../platform/context-definition.js';
import { Restoration } from '../platform/restoration/restoration.js';
import type { RecordServiceResumed } from '../platform/restoration/restoration.contract.js';
import { Views } from '../platform/views/views.js';
import type { CancelHeld, CancelIfUnsent, RecordChangeFailed, RecordMessageFailed } from './message.commands.js';
import { messages } from './messages.projection.js';
import { failures } from './outbox/attempt.rules.js';
import { PendingChanges } from './outbox/pending-changes.js';

type Ending = CancelIfUnsent | RecordMessageFailed | RecordChangeFailed | RecordServiceResumed;

/** Cancels all that waits in a restored copy, and only then lets it go on. What may have left before the backup fails. */
@Injectable()
export class CancelHeldEffect implements Effect<CancelHeld> {
  constructor(
    private readonly views: Views,
    private readonly changes: PendingChanges,
    private readonly restoration: Restoration,
  ) {}

  async run({ data: { restoredAt } }: CancelHeld): Promise<readonly Ending[]> {
    const { isHeld, state } = this.restoration;
    if (!isHeld || !('restoredAt' in state) || state.restoredAt !== restoredAt) return []; // it was done before
    const at = new Date().toISOString();
    await this.views.fresh(messages);
    const ending: Ending[] = [];
    const waiting = { where: { status: { in: ['scheduled', 'queued'] } } } as const;
    for await (const { id: messageId } of this.views.scan(messages, waiting)) {
      ending.push({ type: 'CancelIfUnsent', data: { messageId, at } });
      ending.push({ type: 'RecordMessageFailed', data: { messageId, ...failures.canceledAfterRestore, at } });
    }
    ending.push(...(await this.changes.failAll({}, failures.canceledAfterRestore, at)));
    return [...ending, { type: 'RecordServiceResumed', data: { restoredAt, at } }];
  }
}
