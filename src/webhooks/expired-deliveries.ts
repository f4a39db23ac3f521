import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { CommandContext } from '../platform/command-context.js';
import type { JobResult } from '../platform/jobs/job.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { CONFIG } from '../platform/tokens.js';
import { Views } from '../platform/views/views.js';
import { CommandBus } from '../platform/bus/command-bus.js';
import { deliveries } from './deliveries.contract.js';
import type { ExpireDeliveries, ParkPending } from './delivery.commands.js';
import type { DeliveryView } from './delivery.contract.js';
import { DeliverySelections } from './delivery-selections.js';
import { Subscribers } from './subscribers.js';

const dayMs = 24 * 60 * 60 * 1000;
/** So many ids take 20 kB of the log. */
const expiredAtOnce = 500;

/** What became of deliveries leaves the view some time after they ended; pending ones stay, unless their webhook is disabled. */
@Injectable()
export class ExpiredDeliveries {
  private readonly context = CommandContext.new({ kind: 'system', id: 'webhook-deliveries' });
  private readonly maxDays: number;

  constructor(
    jobs: Jobs,
    @Inject(CONFIG) config: Config,
    private readonly views: Views,
    private readonly selections: DeliverySelections,
    private readonly subscribers: Subscribers,
    private readonly commands: CommandBus,
  ) {
    this.maxDays = config.WAYBILL_DELIVERY_DAYS;
    jobs.add({
      name: 'webhook-deliveries',
      description:
        'Parks what still waits for a disabled webhook, and removes what became of deliveries to webhooks, some days after they ended.',
      schedule: '33 * * * *',
      run: async (signal) => {
        await this.parkPending(signal);
        return this.expireOld(signal);
      },
    });
  }

  /** What was being scheduled or attempted as the webhook was disabled may have come after the others were parked. */
  private async parkPending(signal: AbortSignal): Promise<void> {
    for (const webhookId of this.subscribers.ids()) {
      const webhook = this.subscribers.now(webhookId);
      if (signal.aborted || webhook?.status !== 'disabled') continue;
      const data = { webhookId, userId: webhook.userId, position: 0 };
      await this.commands.execute<ParkPending>({ type: 'ParkPending', data }, this.context);
    }
  }

  private async expireOld(signal: AbortSignal): Promise<JobResult> {
    let removed = 0;
    if (this.maxDays === 0) return { removed };
    await this.views.fresh(deliveries);
    const upTo = new Date(Date.now() - this.maxDays * dayMs).toISOString();
    const byWebhook = new Map<string, Expired>();
    for (const status of ['succeeded', 'parked', 'missed'] as const) {
      const old = { where: { status, updatedAt: { lte: upTo } } };
      for await (const { id, webhookId, userId } of this.views.scan(deliveries, old)) {
        if (signal.aborted) return { removed };
        const expired = byWebhook.get(webhookId) ?? { webhookId, userId, ids: [] };
        byWebhook.set(webhookId, expired);
        expired.ids.push(id);
        if (expired.ids.length < expiredAtOnce) continue;
        removed += await this.expire(expired, upTo);
        byWebhook.delete(webhookId);
      }
    }
    for (const expired of byWebhook.values()) if (!signal.aborted) removed += await this.expire(expired, upTo);
    return { removed };
  }

  /** One that was requeued meanwhile stays. */
  private async expire({ ids, ...webhook }: Expired, upTo: string): Promise<number> {
    let deliveryIds: readonly string[] = [];
    const choose = (found: readonly DeliveryView[], seen: number): ExpireDeliveries | undefined => {
      const ended = found.filter(({ status, updatedAt }) => status !== 'pending' && updatedAt <= upTo);
      deliveryIds = ended.map(({ id }) => id);
      if (deliveryIds.length === 0) return undefined;
      return { type: 'ExpireDeliveries', data: { ...webhook, deliveryIds, seen, at: new Date().toISOString() } };
    };
    await this.selections.select(webhook.webhookId, ids, choose, this.context);
    return deliveryIds.length;
  }
}

type Expired = { readonly webhookId: string; readonly userId: string; readonly ids: string[] };
