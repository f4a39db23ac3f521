import { Inject, Injectable } from '@nestjs/common';
import { Transient } from '#lib/async';
import type { Effect } from '../platform/context-definition.js';
import type { Stores } from '../platform/stores.js';
import { STORES } from '../platform/tokens.js';
import { Views } from '../platform/views/views.js';
import type { RecordUserMessagesErased } from './erasure.commands.js';
import type { EraseMessages } from './message.commands.js';
import { messages } from './messages.projection.js';
import { PendingChanges } from './outbox/pending-changes.js';
import { Senders } from './senders/senders.js';

/** The user still has sessions, or messages that are not settled. */
class NotYetSettled extends Transient {
  override readonly name = 'NotYetSettled';
}

/** Erases last of all: a session that is not yet deleted may still send and receive, and messages are failed where the view finds them. */
@Injectable()
export class EraseMessagesEffect implements Effect<EraseMessages> {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
    private readonly senders: Senders,
    private readonly changes: PendingChanges,
  ) {}

  async run({ data: { userId, at } }: EraseMessages): Promise<readonly RecordUserMessagesErased[]> {
    if (await this.senders.hasSessions(userId)) throw new NotYetSettled('The sessions are not yet deleted');
    await this.views.fresh(messages);
    const unsettled = { userId, status: { in: ['scheduled', 'queued'] } } as const;
    const unsent = (await this.stores.models.count(messages, unsettled)) + (await this.changes.count({ userId }));
    if (unsent > 0) {
      throw new NotYetSettled('The messages that were not sent are not yet failed');
    }
    return [{ type: 'RecordUserMessagesErased', data: { userId, at } }];
  }
}
