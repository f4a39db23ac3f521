import { saga } from '#lib/event-sourcing';
import { sessionEvents, type SessionEvent } from '../sessions/session.contract.js';
import { userEvents, type UserEvent } from '../identity/user.contract.js';
import type { CloseDeliveries, ParkPending } from './delivery.commands.js';
import { deliveryEvents, type DeliveryEvent } from './delivery.contract.js';
import type { AbortRequests, CloseWebhooks, ForgetWebhook, WakeWebhook } from './webhook.commands.js';
import { webhookEvents, type WebhookEvent } from './webhook.contract.js';

/**
 * The webhooks of a deleted user are removed, and the secrets and deliveries of those that are removed; what is under way for them, or for a deleted session,
 * ends. What is pending for a disabled webhook is parked. A resumed webhook gets what waits for it, and what is to be delivered once more.
 */
export const webhooksSaga = saga<
  UserEvent | SessionEvent | WebhookEvent | DeliveryEvent,
  AbortRequests | CloseDeliveries | CloseWebhooks | ForgetWebhook | ParkPending | WakeWebhook
>({
  name: 'webhooks',
  // Nothing of a deleted user may stay. Repeating is harmless.
  startFrom: 'beginning',
  from: [userEvents, sessionEvents, webhookEvents, deliveryEvents],
  on: {
    UserDeleted: ({ data: { userId, deletedAt } }) => [{ type: 'CloseWebhooks', data: { userId, at: deletedAt } }],
    SessionDeleted: ({ position, data: { sessionId } }) => [{ type: 'AbortRequests', data: { sessionId, position } }],
    WebhookRemoved: ({ position, data: { webhookId, userId, removedAt } }) => [
      // What was decided to be scheduled before the removal may be recorded after it.
      { type: 'CloseDeliveries', data: { webhookId, userId, at: removedAt } },
      { type: 'ForgetWebhook', data: { webhookId, position } },
    ],
    WebhookDisabled: ({ position, data: { webhookId, userId } }) => [
      { type: 'ParkPending', data: { webhookId, userId, position } },
    ],
    WebhookResumed: ({ data: { webhookId } }) => [{ type: 'WakeWebhook', data: { webhookId, position: 0 } }],
    DeliveriesRequeued: ({ position, data: { webhookId } }) => [{ type: 'WakeWebhook', data: { webhookId, position } }],
  },
});
