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
/** Of all webhooks together. */
const maxWaiting = 1000;
/** As long as one waits for the view: while that is behind, those in the queue do not wait for it one after the other. */
const maxQueuedMs = 2000;

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
  private readonly byWebhook = keyedQueue({ maxWaiting });

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly streams: Streams,
    private readonly views: Views,
    private readonly recorder: Recorder,
    private readonly commands: CommandBus,
  ) {}

  /**
   * Gives the command that is chosen from what the view shows of these deliveries; both again where some have changed in between.
   * @throws what `choose` throws. @throws {Transient} the view is behind, or too many others are chosen from this webhook.
   */
  async select(webhookId: string, ids: readonly string[], choose: Choose, context: CommandContext): Promise<void> {
    await this.shownState(webhookId); // side by side: nobody's turn is spent on a view that is far behind
    const until = performance.now() + maxQueuedMs;
    await this.byWebhook.run(webhookId, async () => {
      if (performance.now() > until)
        throw new Transient('Other deliveries of the webhook are being chosen for too long');
      await this.selectInTurn(webhookId, ids, choose, context);
    });
  }

  private async selectInTurn(
    webhookId: string,
    ids: readonly string[],
    choose: Choose,
    context: CommandContext,
  ): Promise<void> {
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const state = await this.shownState(webhookId);
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

  /** The state, once the view shows what led to it. @throws {ViewBehind} */
  private async shownState(webhookId: string) {
    const { state, position } = await this.streams.state(deliveryDecider, webhookId);
    await this.views.wait(deliveries, position);
    return state;
  }
}
