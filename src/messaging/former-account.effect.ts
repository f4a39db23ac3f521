import { Injectable } from '@nestjs/common';
import type { Effect } from '../platform/context-definition.js';
import { Views } from '../platform/views/views.js';
import type { FailForFormerAccount, RecordMessageFailed } from './message.commands.js';
import { messages } from './messages.projection.js';
import { failures } from './outbox/attempt.rules.js';

/**
 * Fails what waits for an account that its session is no longer linked to. Promptness only: no attempt sends such a message either.
 */
@Injectable()
export class FormerAccountEffect implements Effect<FailForFormerAccount> {
  constructor(private readonly views: Views) {}

  async run({ data: { sessionId, account, at } }: FailForFormerAccount): Promise<readonly RecordMessageFailed[]> {
    await this.views.fresh(messages);
    const failed: RecordMessageFailed[] = [];
    const unsent = { where: { sessionId, status: { in: ['scheduled', 'queued'] } } } as const;
    for await (const { id: messageId, from } of this.views.scan(messages, unsent)) {
      if (from === account) continue;
      failed.push({ type: 'RecordMessageFailed', data: { messageId, ...failures.accountChanged, at } });
    }
    return failed;
  }
}
