import { Inject, Injectable } from '@nestjs/common';
import type { Recorded } from '#lib/event-sourcing';
import { idFromParts } from '#lib/ids';
import { CommandBus } from '../platform/bus/command-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import type { CommandHandler } from '../platform/context-definition.js';
import type { PublicEvent } from '../platform/public-events/public-event.js';
import { PublicEvents } from '../platform/public-events/public-events.js';
import { matchesType } from '../platform/public-events/type-patterns.js';
import type { Stores } from '../platform/stores.js';
import { STORES } from '../platform/tokens.js';
import type { FanOut, ScheduleDeliveries } from './delivery.commands.js';
import type { ScheduledDelivery } from './delivery.contract.js';
import { Bodies } from './dispatch/bodies.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { Recorder } from './dispatch/recorder.js';
import { Subscribers } from './subscribers.js';
import type { Subscriber } from './subscribers.view.js';

type Batch = { readonly webhook: Subscriber; readonly deliveries: ScheduledDelivery[] };

/** Decides which webhook gets which event, by what each wanted when it happened, and schedules the deliveries. */
@Injectable()
export class FanOutHandler implements CommandHandler<FanOut> {
  /** Events up to here may have been scheduled before a crash or a failure: whether they were, only the log knows. */
  private uncertainUpTo: number | undefined;

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly subscribers: Subscribers,
    private readonly publicEvents: PublicEvents,
    private readonly bodies: Bodies,
    private readonly dispatcher: Dispatcher,
    private readonly recorder: Recorder,
    private readonly commands: CommandBus,
  ) {}

  async execute({ data: { events } }: FanOut, context: CommandContext): Promise<undefined> {
    this.uncertainUpTo ??= await this.stores.events.head();
    const isUncertain = (events[0]?.position ?? 0) <= this.uncertainUpTo;
    await this.subscribers.reach(events.at(-1)?.position ?? 0);
    const batches = await this.batchesOf(events);
    try {
      await Promise.all(batches.map((batch) => this.schedule(batch, isUncertain, context)));
    } catch (error) {
      this.uncertainUpTo = undefined;
      throw error;
    }
  }

  private async batchesOf(events: readonly Recorded[]): Promise<readonly Batch[]> {
    const batches = new Map<string, Batch>();
    for (const event of events) {
      for (const webhook of this.wanting(event)) {
        for (const one of await this.publicEvents.of(event)) {
          if (!wants(webhook, one) || this.subscribers.isDeletedSince(one.sessionId, one.position)) continue;
          const batch = batches.get(keyOf(webhook)) ?? { webhook, deliveries: [] };
          batches.set(keyOf(webhook), batch);
          batch.deliveries.push(deliveryOf(webhook, event, one));
          this.bodies.note(one);
        }
      }
    }
    return [...batches.values()];
  }

  /** The webhooks that may want what an event of the log is to its user. */
  private wanting(event: Recorded): readonly Subscriber[] {
    const { userId, webhookId } = event.data as { readonly userId: string; readonly webhookId?: string };
    if (!this.subscribers.hasWebhooks(userId)) return [];
    const types = this.publicEvents.typesOf(event.type);
    const all = this.subscribers.of(userId, event.position);
    if (event.type === 'WebhookTested') return all.filter((one) => one.webhookId === webhookId).map(wantingAll);
    return all.filter(
      (one) =>
        one.status !== 'paused' &&
        one.webhookId !== webhookId && // no webhook is told of itself
        types.some((type) => matchesType(one.events, type)),
    );
  }

  private async schedule(
    { webhook: { webhookId, userId, status }, deliveries }: Batch,
    isUncertain: boolean,
    context: CommandContext,
  ): Promise<void> {
    const missed = status === 'disabled' || this.subscribers.now(webhookId)?.status === 'disabled';
    const data = { webhookId, userId, missed, deliveries, at: new Date().toISOString() };
    const command: ScheduleDeliveries = { type: 'ScheduleDeliveries', data };
    const schedule = () => this.commands.execute<ScheduleDeliveries>(command, context);
    const { events, position } = await this.recorder.inTurn(webhookId, schedule);
    if (missed) return;
    if (isUncertain || events === 0) return this.dispatcher.wake(webhookId, position);
    const none = { attempts: 0, attemptsBefore: 0 };
    const items = deliveries.map(({ deliveryId: id, ...delivery }) => ({
      id,
      webhookId,
      userId,
      ...delivery,
      ...none,
    }));
    this.dispatcher.scheduled(webhookId, items, position);
  }
}

const wantingAll = (webhook: Subscriber): Subscriber => ({ ...webhook, events: ['*'], sessionIds: null });

const wants = ({ events, sessionIds }: Subscriber, { type, sessionId }: PublicEvent): boolean =>
  matchesType(events, type) && (sessionIds === null || (sessionId !== null && sessionIds.includes(sessionId)));

/** A webhook may be disabled, or enabled again, within a page. */
const keyOf = ({ webhookId, status }: Subscriber): string => `${webhookId} ${status === 'disabled'}`;

const deliveryOf = (
  { webhookId }: Subscriber,
  { stream, revision, recordedAt }: Recorded,
  { id, type, sessionId, chatId, mediaId }: PublicEvent,
): ScheduledDelivery => ({
  deliveryId: idFromParts(['delivery', webhookId, id]),
  eventId: id,
  event: type,
  stream,
  revision,
  sessionId,
  chatId,
  mediaId,
  happenedAt: recordedAt,
});
