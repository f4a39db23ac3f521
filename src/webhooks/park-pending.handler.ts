import { Injectable } from '@nestjs/common';
import type { CommandContext } from '../platform/command-context.js';
import type { CommandHandler } from '../platform/context-definition.js';
import { Streams } from '../platform/streams/streams.js';
import { Views } from '../platform/views/views.js';
import { deliveries } from './deliveries.contract.js';
import type { ParkDeliveries, ParkPending } from './delivery.commands.js';
import type { DeliveryView } from './delivery.contract.js';
import { DeliverySelections } from './delivery-selections.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { Subscribers } from './subscribers.js';
import { webhookDecider } from './webhook.decider.js';

const parkedAtOnce = 500;

/** Parks what is pending for a webhook, as long as that is disabled: nothing would come of it, and its files would be kept. */
@Injectable()
export class ParkPendingHandler implements CommandHandler<ParkPending> {
  constructor(
    private readonly subscribers: Subscribers,
    private readonly dispatcher: Dispatcher,
    private readonly streams: Streams,
    private readonly views: Views,
    private readonly selections: DeliverySelections,
  ) {}

  async execute({ data: { position, ...webhook } }: ParkPending, context: CommandContext): Promise<undefined> {
    const { webhookId } = webhook;
    await this.subscribers.reach(position); // no other request begins
    this.dispatcher.wake(webhookId, position); // its lane forgets what it has read
    await this.views.fresh(deliveries);
    let ids: string[] = [];
    for await (const { id } of this.views.scan(deliveries, { where: { webhookId, status: 'pending' } })) {
      ids.push(id);
      if (ids.length < parkedAtOnce) continue;
      if (!(await this.park(webhook, ids, context))) return;
      ids = [];
    }
    if (ids.length > 0) await this.park(webhook, ids, context);
  }

  /** False where the webhook is not disabled any more. */
  private async park(webhook: Webhook, ids: readonly string[], context: CommandContext): Promise<boolean> {
    const { webhooks } = (await this.streams.state(webhookDecider, webhook.userId)).state;
    if (webhooks[webhook.webhookId]?.status !== 'disabled') return false;
    const choose = (found: readonly DeliveryView[], seen: number, attempted: number): ParkDeliveries | undefined => {
      const deliveryIds = found.filter(({ status }) => status === 'pending').map(({ id }) => id);
      if (deliveryIds.length === 0) return undefined;
      const data = { ...webhook, deliveryIds, seen, attempted, at: new Date().toISOString() };
      return { type: 'ParkDeliveries', data };
    };
    await this.selections.select(webhook.webhookId, ids, choose, context);
    return true;
  }
}

type Webhook = { readonly webhookId: string; readonly userId: string };
