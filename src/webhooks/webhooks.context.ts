import { defineContext, type ContextDefinition } from '../platform/context-definition.js';
import { viewGauge } from '../platform/metrics/view-gauge.js';
import { AbortRequestsEffect } from './abort-requests.effect.js';
import { deliveries } from './deliveries.contract.js';
import { deliveriesProjection } from './deliveries.projection.js';
import { deliveryQueries } from './deliveries.queries.js';
import { deliveryDecider } from './delivery.decider.js';
import { FanOutHandler } from './fan-out.handler.js';
import { fanOutSaga } from './fan-out.saga.js';
import { ForgetWebhookEffect } from './forget-webhook.effect.js';
import { ParkPendingHandler } from './park-pending.handler.js';
import { WakeWebhookEffect } from './wake-webhook.effect.js';
import { webhookDecider } from './webhook.decider.js';
import { webhookPublicEvents } from './webhooks.public-events.js';
import { webhooksSaga } from './webhooks.saga.js';

/** Where users want to be told of events, and what became of each. `others`: the contexts that have any beside it. */
export const webhooksContext = (others: readonly ContextDefinition[]): ContextDefinition => {
  const publicEvents = [webhookPublicEvents];
  const told = [...others.flatMap((other) => other.publicEvents ?? []), ...publicEvents];
  const toldTypes = told.flatMap(({ types }) => Object.values(types).flatMap(({ on }) => Object.keys(on)));
  return defineContext({
    name: 'webhooks',
    deciders: [webhookDecider, deliveryDecider],
    projections: [deliveriesProjection],
    sagas: [webhooksSaga],
    pageSagas: [
      fanOutSaga(
        told.map(({ stream }) => stream),
        [...new Set(toldTypes)],
      ),
    ],
    commands: { FanOut: FanOutHandler, ParkPending: ParkPendingHandler },
    effects: {
      AbortRequests: AbortRequestsEffect,
      ForgetWebhook: ForgetWebhookEffect,
      WakeWebhook: WakeWebhookEffect,
    },
    queries: deliveryQueries,
    viewGauges: [
      viewGauge({
        name: 'waybill_webhook_deliveries',
        help: 'Deliveries to webhooks that wait for an attempt, or that failed for good.',
        label: 'status',
        of: deliveries,
        values: { pending: { status: 'pending' }, parked: { status: 'parked' } },
      }),
    ],
    publicEvents,
  });
};
