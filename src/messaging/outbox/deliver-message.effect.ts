import { Injectable } from '@nestjs/common';
import type { Effect } from '../../platform/context-definition.js';
import type { AbandonMessage, DeliverMessage } from '../message.commands.js';
import { Senders } from '../senders/senders.js';
import { Outbox } from './outbox.js';

@Injectable()
export class DeliverMessageEffect implements Effect<DeliverMessage> {
  constructor(
    private readonly outbox: Outbox,
    private readonly senders: Senders,
  ) {}

  /** A message that was accepted while its session was being deleted fails here: no queue would ever send it. */
  async run({ data }: DeliverMessage): Promise<readonly AbandonMessage[]> {
    const { sessionId, messageId } = data;
    if (!(await this.senders.find(sessionId))) {
      return [{ type: 'AbandonMessage', data: { messageId, at: new Date().toISOString() } }];
    }
    this.outbox.enqueue(data);
    return [];
  }
}
