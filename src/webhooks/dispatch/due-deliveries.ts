import { Inject, Injectable } from '@nestjs/common';
import type { Stores } from '../../platform/stores.js';
import { STORES } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { deliveries } from '../deliveries.contract.js';
import { inTurn } from '../retry.rules.js';
import { chatOf, type Item } from './lane.js';

export type WhatToRead = {
  readonly webhookId: string;
  readonly ordered: boolean;
  /** What is due by then (ISO 8601) is due. */
  readonly until: string;
  /** What the view must show. */
  readonly shown: number;
};

export type Due = {
  readonly items: readonly Item[];
  /** Whether others were left that may be due. */
  readonly more: boolean;
  /** When the next one is due that is not yet, as far as that was looked for. */
  readonly next: string | undefined;
};

/** More than a lane may have under way. */
const maxRead = 200;
/** Of one chat, where they come in order: a chat with many that wait leaves room for the others. */
const maxReadOfChat = 20;
/** How far is looked for those of other chats, behind the first of a chat that had its share. */
const maxLookedPast = 5000;

/** The deliveries that are due, from their view. */
@Injectable()
export class DueDeliveries {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
  ) {}

  /** @throws {Transient} */
  async read({ shown, ...what }: WhatToRead): Promise<Due> {
    await this.views.wait(deliveries, shown);
    return what.ordered ? this.inOrder(what) : this.byTime(what);
  }

  /** When the next delivery of a webhook is due. @throws {Transient} */
  async next(webhookId: string, after = ''): Promise<string | undefined> {
    const { data } = await this.stores.models.find(deliveries, {
      where: { webhookId, dueAt: { gt: after } },
      sort: { field: 'dueAt', order: 'asc' },
      limit: 1,
    });
    return data[0]?.dueAt ?? undefined;
  }

  private async byTime({ webhookId, until }: Omit<WhatToRead, 'shown'>): Promise<Due> {
    const { data: items } = await this.stores.models.find(deliveries, {
      where: { webhookId, dueAt: { lte: until } },
      sort: { field: 'dueAt', order: 'asc' },
      limit: maxRead,
    });
    const more = items.length === maxRead;
    return { items, more, next: more ? undefined : await this.next(webhookId, until) };
  }

  private async inOrder({ webhookId, until }: Omit<WhatToRead, 'shown'>): Promise<Due> {
    const held = new Set<string>();
    const share = new Map<string, number>();
    const items: Item[] = [];
    let lookedPast = 0;
    const open = { where: { webhookId, status: 'pending' }, sort: { field: 'number', order: 'asc' } } as const;
    for await (const delivery of this.views.scan(deliveries, open)) {
      const { dueAt, attempts, attemptsBefore } = delivery;
      const chat = chatOf(delivery);
      const ofChat = share.get(chat) ?? 0;
      const waiting = { ...delivery, chat, dueAt, attempts: attempts - attemptsBefore };
      const isInTurn = inTurn([waiting], until, held).length > 0;
      const isLeft = isInTurn && ofChat === maxReadOfChat;
      if (isLeft || lookedPast > 0) lookedPast += 1;
      if (isInTurn && !isLeft) {
        share.set(chat, ofChat + 1);
        items.push(delivery);
      }
      if (items.length === maxRead || lookedPast === maxLookedPast) return { items, more: true, next: undefined };
    }
    return { items, more: lookedPast > 0, next: await this.next(webhookId, until) };
  }
}
