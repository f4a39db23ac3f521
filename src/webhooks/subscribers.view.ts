import { memoryView } from '#lib/subscriptions';
import { sessionEvents, type SessionEvent } from '../sessions/session.contract.js';
import { userEvents, type UserEvent } from '../identity/user.contract.js';
import { webhookEvents, type WebhookEvent, type WebhookSettings, type WebhookView } from './webhook.contract.js';
import { headersIdIn } from './webhook.rules.js';

/** What of a webhook decides where its events go. */
type Wanted = Pick<WebhookSettings, 'url' | 'events' | 'sessionIds' | 'ordered'> & Pick<WebhookView, 'status'>;

/** A webhook from a position of the log on. */
type Version = Wanted & { readonly from: number };

type Versions = {
  readonly userId: string;
  readonly versions: readonly Version[];
  /** Since when its URL, secret and headers are what they are now. */
  readonly keysFrom: number;
  /** What the values of its headers are kept under now. */
  readonly headersId: string | null;
};

export type SubscribersTables = {
  readonly webhooks: Map<string, Versions>;
  readonly webhooksOfUser: Map<string, readonly string[]>;
  /** Where each deleted session was deleted. */
  readonly deletedSessions: Map<string, number>;
};

/** A webhook at some moment. */
export type Subscriber = Version & Pick<Versions, 'userId' | 'keysFrom' | 'headersId'> & { readonly webhookId: string };

/** Versions before these are forgotten: it would take as many changes while the fan-out is behind. */
const maxVersions = 100;

const change = ({ webhooks }: SubscribersTables, webhookId: string, from: number, changed: Partial<Wanted>): void => {
  const subscriber = webhooks.get(webhookId);
  const last = subscriber?.versions.at(-1);
  if (!subscriber || !last || isSame(last, { ...last, ...changed })) return;
  const versions = [...subscriber.versions, { ...last, ...changed, from }].slice(-maxVersions);
  webhooks.set(webhookId, { ...subscriber, versions });
};

/** What may have changed its URL or keys. These are not kept for older positions: a request is always made with those of now. */
const noteKeys = (
  { webhooks }: SubscribersTables,
  webhookId: string,
  keys: { readonly keysFrom: number; readonly headersId?: string | null },
): void => {
  const subscriber = webhooks.get(webhookId);
  if (subscriber) webhooks.set(webhookId, { ...subscriber, ...keys });
};

const isSame = (one: Version, other: Version): boolean => JSON.stringify(one) === JSON.stringify(other);

const wanted = ({ url, events, sessionIds, ordered }: WebhookSettings) => ({ url, events, sessionIds, ordered });

const remove = ({ webhooks, webhooksOfUser }: SubscribersTables, userId: string, webhookId: string): void => {
  webhooks.delete(webhookId);
  const left = (webhooksOfUser.get(userId) ?? []).filter((id) => id !== webhookId);
  if (left.length === 0) webhooksOfUser.delete(userId);
  else webhooksOfUser.set(userId, left);
};

/** Which webhook wants what, now and at each position of the log that may still be fanned out. */
export const subscribersView = memoryView<SubscribersTables, WebhookEvent | SessionEvent | UserEvent>({
  name: 'webhook-subscribers',
  version: 4,
  from: [webhookEvents, sessionEvents, userEvents],
  tables: () => ({ webhooks: new Map(), webhooksOfUser: new Map(), deletedSessions: new Map() }),
  on: {
    WebhookRegistered: ({ webhooks, webhooksOfUser }, { position: from, data: { webhookId, userId, ...data } }) => {
      const status = 'active' as const;
      const versions = [{ ...wanted(data), status, from }];
      webhooks.set(webhookId, { userId, versions, keysFrom: from, headersId: null });
      webhooksOfUser.set(userId, [...(webhooksOfUser.get(userId) ?? []), webhookId]);
    },
    WebhookChanged: (tables, { position, data }) => {
      change(tables, data.webhookId, position, wanted(data));
      noteKeys(tables, data.webhookId, { keysFrom: position, ...headersIdIn(data) });
    },
    WebhookSecretRotated: (tables, { position, data }) => noteKeys(tables, data.webhookId, { keysFrom: position }),
    WebhookPaused: (tables, { position, data }) => change(tables, data.webhookId, position, { status: 'paused' }),
    WebhookResumed: (tables, { position, data }) => change(tables, data.webhookId, position, { status: 'active' }),
    WebhookDisabled: (tables, { position, data }) => change(tables, data.webhookId, position, { status: 'disabled' }),
    WebhookRemoved: (tables, { data: { userId, webhookId } }) => remove(tables, userId, webhookId),
    SessionDeleted: ({ deletedSessions }, { position, data: { sessionId } }) =>
      void deletedSessions.set(sessionId, position),
    UserDeleted: (tables, { data: { userId } }) => {
      for (const id of tables.webhooksOfUser.get(userId) ?? []) remove(tables, userId, id);
    },
  },
});

/** A webhook as it was at a position; undefined where there was none, or is none any more. */
export const subscriberAt = (
  { webhooks }: SubscribersTables,
  webhookId: string,
  position: number,
): Subscriber | undefined => {
  const subscriber = webhooks.get(webhookId);
  const version = subscriber?.versions.findLast(({ from }) => from < position);
  if (!subscriber || !version) return undefined;
  const { userId, keysFrom, headersId } = subscriber;
  return { ...version, webhookId, userId, keysFrom, headersId };
};

/** The webhooks that a user had at a position and has still. */
export const subscribersOf = (tables: SubscribersTables, userId: string, position: number): readonly Subscriber[] =>
  (tables.webhooksOfUser.get(userId) ?? []).flatMap((id) => subscriberAt(tables, id, position) ?? []);

/** Whether a session was deleted after a position. */
export const isDeletedSince = (
  { deletedSessions }: SubscribersTables,
  sessionId: string | null,
  position: number,
): boolean => sessionId !== null && (deletedSessions.get(sessionId) ?? 0) > position;
