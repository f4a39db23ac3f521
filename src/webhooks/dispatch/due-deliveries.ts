import { Inject, Injectable } from '@nestjs/common';
import type { Stores } from '../../platform/stores.js';
import { STORES } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { deliveries } from '../deliveries.contract.js';
import type { Pending } from './chat-queue.js';
import type { Numbers } from './in-order.js';
import type { Item } from './item.js';

export type Due = {
  readonly items: readonly Item[];
  readonly more: boolean;
  /** When the next one is due, where no more are now. */
  readonly next: string | undefined;
};

/** More than a lane may have under way. */
const maxRead = 200;

/** What is pending for a webhook, from the view of deliveries once that shows a position. */
@Injectable()
export class DueDeliveries {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
  ) {}

  /** What is due by a moment (ISO 8601), as it came due. @throws {Transient} */
  async byTime(webhookId: string, until: string, shown: number): Promise<Due> {
    await this.views.wait(deliveries, shown);
    const { data: items } = await this.stores.models.find(deliveries, {
      where: { webhookId, dueAt: { lte: until } },
      sort: { field: 'dueAt', order: 'asc' },
      limit: maxRead,
    });
    const more = items.length === maxRead;
    return { items, more, next: more ? undefined : await this.next(webhookId, until) };
  }

  /** Those with such numbers, due or not, by number. @throws {Transient} */
  async inOrder(webhookId: string, number: Numbers, shown: number, limit: number): Promise<readonly Pending[]> {
    await this.views.wait(deliveries, shown);
    const { data } = await this.stores.models.find(deliveries, {
      where: { webhookId, status: 'pending', number },
      sort: { field: 'number', order: 'asc' },
      limit,
    });
    return data;
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
}
