import { always, publicResource } from '../platform/public-events/public-resource.js';
import { shownWebhook } from './http/present.js';
import { Webhook } from './http/webhooks.schemas.js';
import { webhookEvents, type WebhookEvent, type WebhookView } from './webhook.contract.js';
import { webhooksWith, type Webhooks } from './webhook.rules.js';

/** The webhooks of a user, and the one that the last event was about. */
type Document = { readonly webhooks: Webhooks; readonly last: WebhookView | undefined };

/** What users are told of their webhooks. */
export const webhookPublicEvents = publicResource<WebhookEvent, Document>({
  stream: webhookEvents,
  evolve: (document, event) => {
    const webhooks = webhooksWith(document?.webhooks ?? {}, event);
    return { webhooks, last: 'webhookId' in event.data ? webhooks[event.data.webhookId] : undefined };
  },
  present: ({ last }) => (last ? shownWebhook(last) : {}),
  schema: Webhook,
  types: {
    'webhook.disabled': {
      description: 'Nothing more is sent to a webhook, until it is resumed: `reason` says why. Sent to the other ones.',
      on: { WebhookDisabled: always },
    },
    'webhook.test': {
      description: 'Somebody tests the webhook. Sent to this one alone, whatever events it wants.',
      on: { WebhookTested: always },
    },
  },
});
