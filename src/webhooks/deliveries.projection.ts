import { projection } from '#lib/event-sourcing';
import { patch, put, remove, removeAll } from '#lib/read-models';
import { sessionEvents, type SessionEvent } from '../sessions/session.contract.js';
import { userEvents, type UserEvent } from '../identity/user.contract.js';
import { deliveries } from './deliveries.contract.js';
import {
  deliveryEvents,
  slotOf,
  type DeliveryEvent,
  type DeliveryStatus,
  type DeliveryView,
} from './delivery.contract.js';
import { webhookEvents, type WebhookEvent } from './webhook.contract.js';

const statusAfter = { succeeded: 'succeeded', retried: 'pending', parked: 'parked' } as const satisfies {
  readonly [outcome: string]: DeliveryStatus;
};

export const deliveriesProjection = projection<DeliveryEvent | WebhookEvent | SessionEvent | UserEvent, DeliveryView>({
  into: deliveries,
  from: [deliveryEvents, webhookEvents, sessionEvents, userEvents],
  on: {
    DeliveriesScheduled: ({ data: { webhookId, userId, first, missed, deliveries: scheduled, scheduledAt } }) =>
      scheduled.map(({ deliveryId: id, ...delivery }, index) =>
        put(id, {
          id,
          webhookId,
          userId,
          ...delivery,
          number: first + index,
          status: missed ? 'missed' : 'pending',
          dueAt: missed ? null : scheduledAt,
          attempts: 0,
          attemptsBefore: 0,
          updatedAt: scheduledAt,
        } satisfies DeliveryView),
      ),
    DeliveriesAttempted: ({ data: { attempts } }) =>
      attempts.map((attempt) => {
        const { deliveryId, number, at, outcome, dueAt } = attempt;
        const slot = { [slotOf(number)]: attempt };
        return patch(deliveryId, { ...slot, status: statusAfter[outcome], dueAt, attempts: number, updatedAt: at });
      }),
    DeliveriesRequeued: ({ data: { deliveries: requeued, requeuedAt } }) =>
      requeued.map(({ deliveryId, attempts }) =>
        patch(deliveryId, {
          status: 'pending',
          dueAt: requeuedAt,
          attemptsBefore: attempts,
          updatedAt: requeuedAt,
        }),
      ),
    DeliveriesParked: ({ data: { deliveryIds, parkedAt } }) =>
      deliveryIds.map((id) => patch(id, { status: 'parked', dueAt: null, updatedAt: parkedAt })),
    DeliveriesExpired: ({ data: { deliveryIds } }) => deliveryIds.map((id) => remove(id)),
    DeliveriesClosed: ({ data: { webhookId } }) => removeAll('webhookId', webhookId),
    WebhookRemoved: ({ data: { webhookId } }) => removeAll('webhookId', webhookId),
    SessionDeleted: ({ data: { sessionId } }) => removeAll('sessionId', sessionId),
    UserDeleted: ({ data: { userId } }) => removeAll('userId', userId),
  },
});
