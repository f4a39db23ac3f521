import { Inject, Injectable } from '@nestjs/common';
import { StoreUnavailable } from '#lib/event-store';
import type { Effect } from '../platform/context-definition.js';
import type { Stores } from '../platform/stores.js';
import { Subscriptions } from '../platform/subscriptions.js';
import { STORES } from '../platform/tokens.js';
import type { AbandonMessages, RecordMessageFailed } from './message.commands.js';
import { messages } from './messages.projection.js';
import { failures } from './outbox/attempt.rules.js';
import { Outbox } from './outbox/outbox.js';

const pageSize = 1000;
const patience = 10_000;

/** Finds what a deleted session has not sent, and says that it failed. */
@Injectable()
export class AbandonMessagesEffect implements Effect<AbandonMessages> {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly subscriptions: Subscriptions,
    private readonly outbox: Outbox,
  ) {}

  async run({ data: { sessionId, at } }: AbandonMessages): Promise<readonly RecordMessageFailed[]> {
    this.outbox.forget(sessionId);
    const head = await this.stores.events.head();
    if (!(await this.subscriptions.named(messages.name).reached(head, patience))) {
      throw new StoreUnavailable('io', 'The view of the messages is behind');
    }
    const found: RecordMessageFailed[] = [];
    const where = { sessionId, status: { in: ['scheduled', 'queued'] } } as const;
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await this.stores.models.find(messages, {
        where,
        limit: pageSize,
        ...(cursor !== undefined && { cursor }),
      });
      for (const { id } of page.data)
        found.push({ type: 'RecordMessageFailed', data: { messageId: id, ...failures.sessionDeleted, at } });
      cursor = page.next;
    }
    return found;
  }
}
