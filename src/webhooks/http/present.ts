import type { z } from 'zod';
import { keptAttempts, type DeliveryView } from '../delivery.contract.js';
import type { WebhookView } from '../webhook.contract.js';
import type { Delivery, DeliveryWithAttempts } from './deliveries.schemas.js';
import type { Webhook } from './webhooks.schemas.js';

export type ShownWebhook = z.output<typeof Webhook>;

export const shownWebhook = ({ userId: _user, headersId: _headers, ...webhook }: WebhookView): ShownWebhook => ({
  ...webhook,
  events: [...webhook.events],
  sessionIds: webhook.sessionIds && [...webhook.sessionIds],
  headerNames: [...webhook.headerNames],
});

export type ShownDelivery = z.output<typeof Delivery>;

export const shownDelivery = ({
  id,
  webhookId,
  eventId,
  event,
  sessionId,
  status,
  attempts: attemptCount,
  dueAt: nextAttemptAt,
  happenedAt,
  updatedAt,
}: DeliveryView): ShownDelivery => ({
  id,
  webhookId,
  eventId,
  event,
  sessionId,
  status,
  attemptCount,
  nextAttemptAt,
  happenedAt,
  updatedAt,
});

export const shownWithAttempts = (delivery: DeliveryView): z.output<typeof DeliveryWithAttempts> => ({
  ...shownDelivery(delivery),
  attempts: Array.from({ length: keptAttempts }, (_, slot) => delivery[`attempt${slot}`])
    .filter((attempt) => attempt !== undefined)
    .toSorted((one, other) => one.number - other.number)
    .map(({ deliveryId: _id, dueAt: _due, unmade: _unmade, code = null, ...attempt }) => ({ ...attempt, code })),
});
