import { Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import type { Page } from '#lib/read-models';
import { CommandBus } from '../platform/bus/command-bus.js';
import { QueryBus } from '../platform/bus/query-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import { Views } from '../platform/views/views.js';
import { deliveries } from './deliveries.contract.js';
import type { RequeueDeliveries } from './delivery.commands.js';
import type { DeliveryStatus, DeliveryView, GetDelivery, ListDeliveries } from './delivery.contract.js';
import { Recorder } from './dispatch/recorder.js';
import { WebhooksService } from './webhooks.service.js';

/** Deliveries of events that happened within this time. */
export type Range = {
  readonly from: string;
  readonly to: string;
  readonly statuses: readonly Exclude<DeliveryStatus, 'pending'>[];
};

type Requeued = RequeueDeliveries['data']['deliveries'][number];

const requeuedAtOnce = 500;

/** What became of the events that webhooks were to get, and how it is tried once more. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly webhooks: WebhooksService,
    private readonly recorder: Recorder,
    private readonly views: Views,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  /** @throws {DomainError} `webhook_not_found` */
  async list(context: CommandContext, userId: string, data: ListDeliveries['data']): Promise<Page<DeliveryView>> {
    await this.webhooks.find(userId, data.webhookId);
    return this.queries.execute<ListDeliveries>({ type: 'ListDeliveries', data }, context);
  }

  /** @throws {DomainError} `delivery_not_found` */
  find(context: CommandContext, userId: string, deliveryId: string): Promise<DeliveryView> {
    return this.queries.execute<GetDelivery>({ type: 'GetDelivery', data: { userId, deliveryId } }, context);
  }

  /** @throws {DomainError} `delivery_not_found`, `delivery_pending`, `webhook_disabled` */
  async redeliver(context: CommandContext, userId: string, deliveryId: string): Promise<DeliveryView> {
    const { webhookId, status, attempts } = await this.find(context, userId, deliveryId);
    if (status === 'pending')
      throw new DomainError('conflict', 'delivery_pending', 'The delivery is under way already');
    await this.assertEnabled(userId, webhookId);
    await this.requeue(context, userId, webhookId, [{ deliveryId, attempts }]);
    return this.find(context, userId, deliveryId);
  }

  /** Answers how many are delivered again. @throws {DomainError} `webhook_not_found`, `webhook_disabled` */
  async redeliverAll(
    context: CommandContext,
    userId: string,
    webhookId: string,
    { from, to, statuses }: Range,
  ): Promise<number> {
    await this.assertEnabled(userId, webhookId);
    await this.views.fresh(deliveries);
    const where = { webhookId, status: { in: statuses }, happenedAt: { gte: from, lte: to } };
    let batch: Requeued[] = [];
    let count = 0;
    for await (const { id, attempts } of this.views.scan(deliveries, {
      where,
      sort: { field: 'number', order: 'asc' },
    })) {
      count += 1;
      batch.push({ deliveryId: id, attempts });
      if (batch.length < requeuedAtOnce) continue;
      await this.requeue(context, userId, webhookId, batch);
      batch = [];
    }
    if (batch.length > 0) await this.requeue(context, userId, webhookId, batch);
    return count;
  }

  private async assertEnabled(userId: string, webhookId: string): Promise<void> {
    const { status } = await this.webhooks.find(userId, webhookId);
    if (status === 'disabled')
      throw new DomainError('conflict', 'webhook_disabled', 'The webhook is disabled: resume it first');
  }

  private async requeue(
    context: CommandContext,
    userId: string,
    webhookId: string,
    requeued: readonly Requeued[],
  ): Promise<void> {
    const data = { webhookId, userId, deliveries: requeued, at: new Date().toISOString() };
    const command: RequeueDeliveries = { type: 'RequeueDeliveries', data };
    const requeue = () => this.commands.execute<RequeueDeliveries>(command, context);
    await this.recorder.inTurn(webhookId, requeue);
  }
}
