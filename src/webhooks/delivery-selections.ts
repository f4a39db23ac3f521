import { Inject, Injectable } from '@nestjs/common';
import { keyedQueue, Transient } from '#lib/async';
import { DomainError } from '#lib/event-sourcing';
import { CommandBus } from '../platform/bus/command-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import type { Stores } from '../platform/stores.js';
import { Streams } from '../platform/streams/streams.js';
import { STORES } from '../platform/tokens.js';
import { Views } from '../platform/views/views.js';
import { deliveries } from './deliveries.contract.js';
import type { ExpireDeliveries, ParkDeliveries, RequeueDeliveries } from './delivery.commands.js';
import type { DeliveryView } from './delivery.contract.js';
import { deliveryDecider } from './delivery.decider.js';
import { Recorder } from './dispatch/recorder.js';

const maxAttempts = 20;

/** Makes the command for those that are found; undefined where there is nothing to do. `seen` belongs into it, and `attempted` where it has that. */
type Choose = (
  found: readonly DeliveryView[],
  seen: number,
  attempted: number,
) => RequeueDeliveries | ParkDeliveries | ExpireDeliveries | undefined;

/** Requeues, parks and expires deliveries of a webhook as their view shows them, whatever other processes do to them meanwhile. */
@Injectable()
export class DeliverySelections {
  /** Those of this process do not compete: each would make all others read again. */
  private readonly byWebhook = keyedQueue();

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly streams: Streams,
    private readonly views: Views,
    private readonly recorder: Recorder,
    private readonly commands: CommandBus,
  ) {}

  /**
   * Gives the command that is chosen from what the view shows of these deliveries; both again where some have changed in between.
   * @throws what `choose` throws. @throws {Transient}
   */
  select(webhookId: string, ids: readonly string[], choose: Choose, context: CommandContext): Promise<void> {
    return this.byWebhook.run(webhookId, () => this.selectInTurn(webhookId, ids, choose, context));
  }

  private async selectInTurn(
    webhookId: string,
    ids: readonly string[],
    choose: Choose,
    context: CommandContext,
  ): Promise<void> {
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const { state, position } = await this.streams.state(deliveryDecider, webhookId);
      await this.views.wait(deliveries, position);
      const command = choose(await this.stores.models.getAll(deliveries, ids), state.selections, state.attempted);
      if (!command) return;
      try {
        await this.recorder.inTurn(webhookId, () => this.commands.execute(command, context));
        return;
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== 'deliveries_changed') throw error;
      }
    }
    throw new Transient('Deliveries of the webhook change all the time');
  }
}
