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

type GivenHeaders = { readonly headersId?: string | undefined; readonly headersGiven?: true | undefined };

const enabled = { reason: null, disabledAt: null } as const;

/** What each event changes of the webhooks that a user has. */
export const webhookChanges: { readonly [Type in WebhookEvent['type']]: Change<Type> } = {
  WebhookRegistered: (webhooks, { webhookId: id, userId, registeredAt: at, ...settings }) => ({
    ...webhooks,
    [id]: { id, userId, ...settings, headersId: null, status: 'active', ...enabled, createdAt: at, updatedAt: at },
  }),
  WebhookChanged: (webhooks, { webhookId, userId: _user, headersId, headersGiven, changedAt, ...settings }) =>
    changed(webhooks, webhookId, changedAt, { ...settings, ...headersIdIn({ headersId, headersGiven }) }),
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

export const webhooksAfter = (events: readonly WebhookEvent[]): Webhooks => events.reduce<Webhooks>(webhooksWith, {});

export const webhooksWith = (webhooks: Webhooks, { type, data }: WebhookEvent): Webhooks => {
  const change = webhookChanges[type] as (webhooks: Webhooks, data: WebhookEvent['data']) => Webhooks;
  return change(webhooks, data);
};

/** The id of the headers that a change gave; nothing where it gave none. */
export const headersIdIn = ({ headersId, headersGiven }: GivenHeaders): { readonly headersId?: string | null } =>
  headersId !== undefined || headersGiven ? { headersId: headersId ?? null } : {};

/** What of a webhook its user may say. */
export const settingsOf = ({
  url,
  events,
  sessionIds,
  headerNames,
  ordered,
  description,
}: WebhookView): WebhookSettings => ({ url, events, sessionIds, headerNames, ordered, description });
