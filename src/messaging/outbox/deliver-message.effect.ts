import { Injectable } from '@nestjs/common';
import type { Effect } from '../../platform/context-definition.js';
import type { AbandonMessage, CancelIfUnsent, DeliverMessage } from '../message.commands.js';
import { Senders } from '../senders/senders.js';
import { Outbox } from './outbox.js';

@Injectable()
export class DeliverMessageEffect implements Effect<DeliverMessage> {
  constructor(
    private readonly outbox: Outbox,
    private readonly senders: Senders,
  ) {}

  /**
   * A message that was accepted while its session was being deleted fails here: no queue would ever send it. One that was accepted while
   * its key was being revoked is canceled: whoever canceled the others did not see it.
   */
  async run({ data }: DeliverMessage): Promise<readonly (AbandonMessage | CancelIfUnsent)[]> {
    const { sessionId, messageId } = data;
    if (await this.senders.isCanceled(data)) {
      return [{ type: 'CancelIfUnsent', data: { messageId, at: new Date().toISOString() } }];
    }
    if (!(await this.senders.find(sessionId))) {
      return [{ type: 'AbandonMessage', data: { messageId, at: new Date().toISOString() } }];
    }
    this.outbox.enqueue(data);
    return [];
  }
}
