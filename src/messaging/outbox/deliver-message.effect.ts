import { Injectable } from '@nestjs/common';
import type { Effect } from '../../platform/context-definition.js';
import type { AbandonMessage, CancelIfUnsent, DeliverMessage, RecordChangeFailed } from '../message.commands.js';
import { Pacers } from '../pacing/pacers.js';
import { Senders } from '../senders/senders.js';
import { failures, type Failure } from './attempt.rules.js';
import { Outbox } from './outbox.js';

/** What can no longer be sent. */
type Ended = AbandonMessage | CancelIfUnsent | RecordChangeFailed;

@Injectable()
export class DeliverMessageEffect implements Effect<DeliverMessage> {
  constructor(
    private readonly outbox: Outbox,
    private readonly senders: Senders,
    private readonly pacers: Pacers,
  ) {}

  /**
   * A message that was accepted while its session was being deleted fails here: no queue would ever send it. One that was accepted while
   * its key was being revoked is canceled: whoever canceled the others did not see it.
   */
  async run({ data }: DeliverMessage): Promise<readonly Ended[]> {
    const { sessionId, chatId, messageId, changeId } = data;
    const at = new Date().toISOString();
    if (await this.senders.isCanceled(data)) {
      return changeId === null
        ? [{ type: 'CancelIfUnsent', data: { messageId, at } }]
        : [changeFailed(messageId, changeId, failures.keyRevoked, at)];
    }
    if (!(await this.senders.find(sessionId))) {
      return changeId === null
        ? [{ type: 'AbandonMessage', data: { messageId, at } }]
        : [changeFailed(messageId, changeId, failures.changeAbandoned, at)];
    }
    await this.pacers.reached(data.position); // what was set before counts
    this.outbox.enqueue({ sessionId, chatId, messageId, changeId });
    return [];
  }
}

const changeFailed = (messageId: string, changeId: string, failure: Failure, at: string): RecordChangeFailed => ({
  type: 'RecordChangeFailed',
  data: { messageId, changeId, ...failure, at },
});
