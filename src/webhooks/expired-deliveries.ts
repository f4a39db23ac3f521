import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { CommandBus } from '../platform/bus/command-bus.js';
import { CommandContext } from '../platform/command-context.js';
import type { JobResult } from '../platform/jobs/job.js';
import { Jobs } from '../platform/jobs/jobs.js';
import type { Stores } from '../platform/stores.js';
import { CONFIG, STORES } from '../platform/tokens.js';
import { Views } from '../platform/views/views.js';
import { deliveries } from './deliveries.contract.js';
import type { ExpireDeliveries } from './delivery.commands.js';
import type { DeliveryView } from './delivery.contract.js';
import { Recorder } from './dispatch/recorder.js';

const dayMs = 24 * 60 * 60 * 1000;
/** So many ids take 20 kB of the log. */
const expiredAtOnce = 500;

/** What became of deliveries leaves the view some time after they ended; pending ones stay. */
@Injectable()
export class ExpiredDeliveries {
  private readonly context = CommandContext.new({ kind: 'system', id: 'webhook-deliveries' });
  private readonly maxDays: number;

  constructor(
    jobs: Jobs,
    @Inject(CONFIG) config: Config,
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
    private readonly recorder: Recorder,
    private readonly commands: CommandBus,
  ) {
    this.maxDays = config.WAYBILL_DELIVERY_DAYS;
    jobs.add({
      name: 'webhook-deliveries',
      description: 'Removes what became of deliveries to webhooks, some days after they ended.',
      schedule: '33 * * * *',
      run: (signal) => this.expireOld(signal),
    });
  }

  private async expireOld(signal: AbortSignal): Promise<JobResult> {
    let removed = 0;
    if (this.maxDays === 0) return { removed };
    await this.views.fresh(deliveries);
    const upTo = new Date(Date.now() - this.maxDays * dayMs).toISOString();
    const byWebhook = new Map<string, DeliveryView[]>();
    for (const status of ['succeeded', 'parked', 'missed'] as const) {
      for await (const delivery of this.views.scan(deliveries, { where: { status, updatedAt: { lte: upTo } } })) {
        if (signal.aborted) return { removed };
        const expired = [...(byWebhook.get(delivery.webhookId) ?? []), delivery];
        byWebhook.set(delivery.webhookId, expired);
        if (expired.length < expiredAtOnce) continue;
        removed += await this.expire(expired, upTo);
        byWebhook.delete(delivery.webhookId);
      }
    }
    for (const expired of byWebhook.values()) if (!signal.aborted) removed += await this.expire(expired, upTo);
    return { removed };
  }

  /** One that was requeued meanwhile stays. */
  private expire([first, ...others]: readonly DeliveryView[], upTo: string): Promise<number> {
    if (!first) return Promise.resolve(0);
    const { webhookId, userId } = first;
    return this.recorder.inTurn(webhookId, async () => {
      await this.views.fresh(deliveries);
      const found = await this.stores.models.getAll(
        deliveries,
        [first, ...others].map(({ id }) => id),
      );
      const ended = found.filter(({ status, updatedAt }) => status !== 'pending' && updatedAt <= upTo);
      if (ended.length === 0) return 0;
      const data = { webhookId, userId, deliveryIds: ended.map(({ id }) => id), at: new Date().toISOString() };
      await this.commands.execute<ExpireDeliveries>({ type: 'ExpireDeliveries', data }, this.context);
      return ended.length;
    });
  }
}
