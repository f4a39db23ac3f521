import { Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import type { Page } from '#lib/read-models';
import { QueryBus } from '../platform/bus/query-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import { Views } from '../platform/views/views.js';
import { deliveries } from './deliveries.contract.js';
import type { RequeueDeliveries } from './delivery.commands.js';
import type { DeliveryStatus, DeliveryView, GetDelivery, ListDeliveries } from './delivery.contract.js';
import { DeliverySelections } from './delivery-selections.js';
import { WebhooksService } from './webhooks.service.js';

/** Deliveries of events that happened within this time; without `to`, until now. */
type Range = {
  readonly from: string;
  readonly to?: string;
  readonly statuses: readonly Exclude<DeliveryStatus, 'pending'>[];
};

const requeuedAtOnce = 500;

/** What became of the events that webhooks were to get, and how it is tried once more. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly webhooks: WebhooksService,
    private readonly selections: DeliverySelections,
    private readonly views: Views,
    private readonly queries: QueryBus,
  ) {}

  /** `event`: a type, or all of a kind. @throws {DomainError} `webhook_not_found` @throws {InvalidInput} there is no such event */
  async list(
    context: CommandContext,
    userId: string,
    { event, ...filter }: Omit<ListDeliveries['data'], 'events'> & { readonly event?: string },
  ): Promise<Page<DeliveryView>> {
    await this.webhooks.find(userId, filter.webhookId);
    const events = event === undefined ? {} : { events: this.webhooks.typesOf([event], 'event') };
    const data = { ...filter, ...events };
    return this.queries.execute<ListDeliveries>({ type: 'ListDeliveries', data }, context);
  }

  /** @throws {DomainError} `delivery_not_found` */
  find(context: CommandContext, userId: string, deliveryId: string): Promise<DeliveryView> {
    return this.queries.execute<GetDelivery>({ type: 'GetDelivery', data: { userId, deliveryId } }, context);
  }

  /** @throws {DomainError} `delivery_not_found`, `delivery_pending`, `webhook_disabled` */
  async redeliver(context: CommandContext, userId: string, deliveryId: string): Promise<DeliveryView> {
    const { webhookId, status } = await this.find(context, userId, deliveryId);
    assertEnded(status);
    await this.assertEnabled(userId, webhookId);
    const requeued = await this.requeue(context, { userId, webhookId }, [deliveryId], ({ status: now }) => {
      assertEnded(now);
      return true;
    });
    if (requeued === 0) throw new DomainError('not_found', 'delivery_not_found', 'There is no such delivery');
    return this.find(context, userId, deliveryId);
  }

  /** Answers how many are delivered again. @throws {DomainError} `webhook_not_found`, `webhook_disabled`, `period_invalid` */
  async redeliverAll(
    context: CommandContext,
    userId: string,
    webhookId: string,
    { from, to, statuses }: Range,
  ): Promise<number> {
    await this.assertEnabled(userId, webhookId);
    if (to !== undefined && to < from)
      throw new DomainError('refused', 'period_invalid', 'The period ends before it begins');
    await this.views.fresh(deliveries);
    const where = {
      webhookId,
      status: { in: statuses },
      happenedAt: { gte: from, lte: to ?? new Date().toISOString() },
    };
    const webhook = { userId, webhookId };
    const isWanted = ({ status }: DeliveryView): boolean => statuses.some((one) => one === status);
    let batch: string[] = [];
    let count = 0;
    for await (const { id } of this.views.scan(deliveries, {
      where,
      sort: { field: 'number', order: 'asc' },
    })) {
      batch.push(id);
      if (batch.length < requeuedAtOnce) continue;
      count += await this.requeue(context, webhook, batch, isWanted);
      batch = [];
    }
    return count + (await this.requeue(context, webhook, batch, isWanted));
  }

  private async assertEnabled(userId: string, webhookId: string): Promise<void> {
    const { status } = await this.webhooks.find(userId, webhookId);
    if (status === 'disabled')
      throw new DomainError('conflict', 'webhook_disabled', 'The webhook is disabled: resume it first');
  }

  /** Those that are still there and wanted; answers how many. */
  private async requeue(
    context: CommandContext,
    webhook: { readonly userId: string; readonly webhookId: string },
    ids: readonly string[],
    isWanted: (delivery: DeliveryView) => boolean,
  ): Promise<number> {
    let requeued: RequeueDeliveries['data']['deliveries'] = [];
    const choose = (found: readonly DeliveryView[], seen: number): RequeueDeliveries | undefined => {
      requeued = found.filter(isWanted).map(({ id, attempts }) => ({ deliveryId: id, attempts }));
      if (requeued.length === 0) return undefined;
      return {
        type: 'RequeueDeliveries',
        data: { ...webhook, deliveries: requeued, seen, at: new Date().toISOString() },
      };
    };
    await this.selections.select(webhook.webhookId, ids, choose, context);
    return requeued.length;
  }
}

const assertEnded = (status: DeliveryStatus): void => {
  if (status === 'pending') throw new DomainError('conflict', 'delivery_pending', 'The delivery is under way already');
};
