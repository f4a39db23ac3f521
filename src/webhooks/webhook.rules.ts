import type { OfType } from '#lib/event-sourcing';
import type { WebhookEvent, WebhookSettings, WebhookView } from './webhook.contract.js';

/** The webhooks of a user, by id. */
export type Webhooks = { readonly [webhookId: string]: WebhookView };

type Change<Type extends WebhookEvent['type']> = (
  webhooks: Webhooks,
  data: OfType<WebhookEvent, Type>['data'],
) => Webhooks;

const changed = (webhooks: Webhooks, id: string, updatedAt: string, change: Partial<WebhookView>): Webhooks => {
  const webhook = webhooks[id];
  return webhook ? { ...webhooks, [id]: { ...webhook, ...change, updatedAt } } : webhooks;
};

const enabled = { reason: null, disabledAt: null } as const;

/** What each event changes of the webhooks that a user has. */
export const webhookChanges: { readonly [Type in WebhookEvent['type']]: Change<Type> } = {
  WebhookRegistered: (webhooks, { webhookId: id, userId, registeredAt: at, ...settings }) => ({
    ...webhooks,
    [id]: { id, userId, ...settings, status: 'active', ...enabled, createdAt: at, updatedAt: at },
  }),
  WebhookChanged: (webhooks, { webhookId, userId: _user, headersGiven: _given, changedAt, ...settings }) =>
    changed(webhooks, webhookId, changedAt, settings),
  WebhookPaused: (webhooks, { webhookId, pausedAt }) => changed(webhooks, webhookId, pausedAt, { status: 'paused' }),
  WebhookResumed: (webhooks, { webhookId, resumedAt }) =>
    changed(webhooks, webhookId, resumedAt, { status: 'active', ...enabled }),
  WebhookDisabled: (webhooks, { webhookId, reason, disabledAt }) =>
    changed(webhooks, webhookId, disabledAt, { status: 'disabled', reason, disabledAt }),
  WebhookSecretRotated: (webhooks, { webhookId, rotatedAt }) => changed(webhooks, webhookId, rotatedAt, {}),
  WebhookTested: (webhooks) => webhooks,
  WebhookRemoved: (webhooks, { webhookId }) => {
    const { [webhookId]: _removed, ...others } = webhooks;
    return others;
  },
  WebhooksClosed: () => ({}),
};

/** What of a webhook its user may say. */
export const settingsOf = ({
  url,
  events,
  sessionIds,
  headerNames,
  ordered,
  description,
}: WebhookView): WebhookSettings => ({ url, events, sessionIds, headerNames, ordered, description });
