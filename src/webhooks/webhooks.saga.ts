import { saga } from '#lib/event-sourcing';
import { userEvents, type UserEvent } from '../identity/user.contract.js';
import type { CloseWebhooks, ForgetWebhook, WakeWebhook } from './webhook.commands.js';
import { webhookEvents, type WebhookEvent } from './webhook.contract.js';

/** The webhooks of a deleted user are removed, and the secrets of those that are removed; a resumed one gets what waits for it. */
export const webhooksSaga = saga<UserEvent | WebhookEvent, CloseWebhooks | ForgetWebhook | WakeWebhook>({
  name: 'webhooks',
  // Nothing of a deleted user may stay. Repeating is harmless.
  startFrom: 'beginning',
  from: [userEvents, webhookEvents],
  on: {
    UserDeleted: ({ data: { userId, deletedAt } }) => [{ type: 'CloseWebhooks', data: { userId, at: deletedAt } }],
    WebhookRemoved: ({ data: { webhookId } }) => [{ type: 'ForgetWebhook', data: { webhookId } }],
    WebhookResumed: ({ data: { webhookId } }) => [{ type: 'WakeWebhook', data: { webhookId } }],
  },
});
