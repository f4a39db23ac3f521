import { decider, DomainError } from '#lib/event-sourcing';
import type { WebhookCommand } from './webhook.commands.js';
import { webhookEvents, type WebhookEvent, type WebhookView } from './webhook.contract.js';
import { headersIdIn, settingsOf, webhookChanges, type Webhooks } from './webhook.rules.js';

type State = {
  readonly webhooks: Webhooks;
  /** Since when each is tried as it is now: it was registered or resumed then, or got its URL or headers. */
  readonly triedSince: { readonly [webhookId: string]: string };
  /** The last tests. */
  readonly tests: readonly string[];
  readonly isClosed: boolean;
};

/** More than are under way at once. */
const maxTests = 100;

const change =
  <Data>(rule: (webhooks: Webhooks, data: Data) => Webhooks) =>
  (state: State, data: Data): State => ({ ...state, webhooks: rule(state.webhooks, data) });

const triedAnew = (state: State, webhookId: string, at: string): State => ({
  ...state,
  triedSince: { ...state.triedSince, [webhookId]: at },
});

/** The webhooks of a user. */
export const webhookDecider = decider<WebhookCommand, WebhookEvent, State>({
  events: webhookEvents,
  idOf: ({ data }) => data.userId,
  initialState: { webhooks: {}, triedSince: {}, tests: [], isClosed: false },

  decide: {
    RegisterWebhook: ({ userLimit, at, ...webhook }, { webhooks, isClosed }) => {
      if (webhook.webhookId in webhooks) return [];
      if (isClosed) throw new DomainError('not_found', 'user_not_found', 'There is no such user');
      if (Object.keys(webhooks).length >= userLimit) {
        const detail = `You may have ${userLimit} webhooks: delete one first`;
        throw new DomainError('refused', 'webhook_limit_reached', detail);
      }
      return [{ type: 'WebhookRegistered', data: { ...webhook, registeredAt: at } }];
    },
    ChangeWebhook: ({ userId, webhookId, at, change, headersId }, { webhooks }) => {
      const before = settingsOf(found(webhooks, webhookId));
      const after = { ...before, ...change };
      // The values of headers are not here: whoever delivers learns from the event which ones to take.
      const headers = headersId === undefined ? {} : { headersId };
      if (headersId === undefined && JSON.stringify(after) === JSON.stringify(before)) return [];
      return [{ type: 'WebhookChanged', data: { userId, webhookId, ...after, ...headers, changedAt: at } }];
    },
    PauseWebhook: ({ userId, webhookId, at }, { webhooks }) => {
      const status = enabledStatus(webhooks, webhookId);
      return status === 'active' ? [{ type: 'WebhookPaused', data: { userId, webhookId, pausedAt: at } }] : [];
    },
    ResumeWebhook: ({ userId, webhookId, at }, { webhooks }) =>
      found(webhooks, webhookId).status === 'active'
        ? []
        : [{ type: 'WebhookResumed', data: { userId, webhookId, resumedAt: at } }],
    DisableWebhook: ({ at, since, ...data }, { webhooks, triedSince }) => {
      const webhook = webhooks[data.webhookId];
      if (!webhook || webhook.status === 'disabled' || since < (triedSince[data.webhookId] ?? '')) return [];
      return [{ type: 'WebhookDisabled', data: { ...data, disabledAt: at } }];
    },
    RotateWebhookSecret: ({ userId, webhookId, formerUntil, at }, { webhooks }) => {
      found(webhooks, webhookId);
      return [{ type: 'WebhookSecretRotated', data: { userId, webhookId, formerUntil, rotatedAt: at } }];
    },
    TestWebhook: ({ userId, webhookId, testId, at }, { webhooks, tests }) => {
      if (tests.includes(testId)) return [];
      enabledStatus(webhooks, webhookId);
      return [{ type: 'WebhookTested', data: { userId, webhookId, testId, testedAt: at } }];
    },
    RemoveWebhook: ({ userId, webhookId, at }, { webhooks }) => {
      found(webhooks, webhookId);
      return [{ type: 'WebhookRemoved', data: { userId, webhookId, removedAt: at } }];
    },
    CloseWebhooks: ({ userId, at }, { webhooks, isClosed }) => {
      if (isClosed) return [];
      const removed = Object.keys(webhooks).map((webhookId): WebhookEvent => ({
        type: 'WebhookRemoved',
        data: { userId, webhookId, removedAt: at },
      }));
      return [...removed, { type: 'WebhooksClosed', data: { userId, closedAt: at } }];
    },
  },

  evolve: {
    WebhookRegistered: (state, data) =>
      triedAnew(change(webhookChanges.WebhookRegistered)(state, data), data.webhookId, data.registeredAt),
    WebhookChanged: (state, data) => {
      const changed = change(webhookChanges.WebhookChanged)(state, data);
      const isElsewhere = data.url !== state.webhooks[data.webhookId]?.url || 'headersId' in headersIdIn(data);
      return isElsewhere ? triedAnew(changed, data.webhookId, data.changedAt) : changed;
    },
    WebhookPaused: change(webhookChanges.WebhookPaused),
    WebhookResumed: (state, data) =>
      triedAnew(change(webhookChanges.WebhookResumed)(state, data), data.webhookId, data.resumedAt),
    WebhookDisabled: change(webhookChanges.WebhookDisabled),
    WebhookSecretRotated: change(webhookChanges.WebhookSecretRotated),
    WebhookTested: (state, { testId }) =>
      testId === undefined ? state : { ...state, tests: [...state.tests, testId].slice(-maxTests) },
    WebhookRemoved: (state, data) => {
      const { [data.webhookId]: _removed, ...triedSince } = state.triedSince;
      return { ...change(webhookChanges.WebhookRemoved)(state, data), triedSince };
    },
    WebhooksClosed: () => ({ webhooks: {}, triedSince: {}, tests: [], isClosed: true }),
  },
});

const found = (webhooks: Webhooks, webhookId: string): WebhookView => {
  const webhook = webhooks[webhookId];
  if (webhook) return webhook;
  throw new DomainError('not_found', 'webhook_not_found', 'There is no such webhook');
};

const enabledStatus = (webhooks: Webhooks, webhookId: string): WebhookView['status'] => {
  const { status } = found(webhooks, webhookId);
  if (status !== 'disabled') return status;
  throw new DomainError('conflict', 'webhook_disabled', 'The webhook is disabled: resume it first');
};
