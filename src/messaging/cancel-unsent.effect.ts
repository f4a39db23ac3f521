import { Injectable } from '@nestjs/common';
import type { Effect } from '../platform/context-definition.js';
import { Views } from '../platform/views/views.js';
import type { CancelIfUnsent, CancelUnsentOfKey, RecordChangeFailed } from './message.commands.js';
import { messages } from './messages.projection.js';
import { failures } from './outbox/attempt.rules.js';
import { PendingChanges } from './outbox/pending-changes.js';

/** Finds what was accepted with a key before it was revoked, and cancels what is not sent meanwhile. */
@Injectable()
export class CancelUnsentEffect implements Effect<CancelUnsentOfKey> {
  constructor(
    private readonly views: Views,
    private readonly changes: PendingChanges,
  ) {}

  async run({ data: { keyId, at } }: CancelUnsentOfKey): Promise<readonly (CancelIfUnsent | RecordChangeFailed)[]> {
    await this.views.fresh(messages);
    const unsent: CancelIfUnsent[] = [];
    const waiting = { where: { keyId, status: { in: ['scheduled', 'queued'] } } } as const;
    for await (const { id: messageId } of this.views.scan(messages, waiting)) {
      unsent.push({ type: 'CancelIfUnsent', data: { messageId, at } });
    }
    return [...unsent, ...(await this.changes.failAll({ keyId }, failures.keyRevoked, at))];
  }
}
