import { projection } from '#lib/event-sourcing';
import { collection, increment, type Write } from '#lib/read-models';
import { sentFileOf } from '../messaging/content.contract.js';
import { messageEvents, type AcceptedMessage, type MessageEvent } from '../messaging/message.contract.js';
import { deliveryEvents, type Attempt, type DeliveryEvent } from '../webhooks/delivery.contract.js';
import { quarterOf } from './periods.rules.js';
import type { UsageDocument } from './usage.contract.js';

/** Counts, and nothing personal: they stay when a user is deleted. */
export const usage = collection<UsageDocument>({
  name: 'usage',
  version: 2,
  indexes: [['userId', 'quarter'], ['quarter']],
});

type Place = { readonly userId: string; readonly sessionId: string };
type Counted = Omit<UsageDocument, 'userId' | 'sessionId' | 'quarter' | 'kind' | 'code'>;

const counted = ({ userId, sessionId }: Place, at: string, kind: string, by: Counted, code?: string): Write => {
  const quarter = quarterOf(at);
  const id = [userId, sessionId, quarter, kind, ...(code === undefined ? [] : [code])].join(' ');
  return increment(id, by as { readonly [figure: string]: number }, {
    userId,
    sessionId,
    quarter,
    kind,
    ...(code !== undefined && { code }),
  });
};

const accepted = (message: AcceptedMessage): Write =>
  counted(message, message.acceptedAt, message.content.type, { accepted: 1, ...bytesOf(message.content) });

/** A file that is sent is counted with its message: once, however often its bytes travel. */
const bytesOf = (content: AcceptedMessage['content']): Counted => {
  const file = sentFileOf(content);
  return file ? { mediaBytesSent: file.size } : {};
};

/** Those of one quarter of an hour together: many end at the same time. Without a request there was no attempt. */
const attempted = (userId: string, attempts: readonly Attempt[]): readonly Write[] => {
  const quarters = new Map<string, Attempt[]>();
  for (const attempt of attempts.filter(({ unmade }) => !unmade)) {
    const quarter = quarterOf(attempt.at);
    quarters.set(quarter, [...(quarters.get(quarter) ?? []), attempt]);
  }
  return [...quarters].map(([quarter, within]) => {
    const ended = (as: Attempt['outcome']): number => within.filter(({ outcome }) => outcome === as).length;
    const sums = {
      webhookAttempts: within.length,
      webhooksDelivered: ended('succeeded'),
      webhooksParked: ended('parked'),
    };
    return increment(`${userId} ${quarter} webhooks`, sums, { userId, quarter });
  });
};

export const usageProjection = projection<MessageEvent | DeliveryEvent, UsageDocument>({
  into: usage,
  from: [messageEvents, deliveryEvents],
  on: {
    MessageScheduled: ({ data }) => accepted(data),
    // A scheduled one was counted when it was accepted.
    MessageQueued: ({ data }) => (data.queuedAt === data.acceptedAt ? accepted(data) : []),
    MessageSent: ({ data }) => counted(data, data.sentAt, data.type, { sent: 1 }),
    MessageDelivered: ({ data }) => counted(data, data.deliveredAt, data.type, { delivered: 1 }),
    MessageRead: ({ data }) => counted(data, data.readAt, data.type, { read: 1 }),
    MessagePlayed: ({ data }) => counted(data, data.playedAt, data.type, { played: 1 }),
    MessageFailed: ({ data }) => counted(data, data.failedAt, data.type, { failed: 1 }, data.code),
    MessageCanceled: ({ data }) => counted(data, data.canceledAt, data.type, { canceled: 1 }),
    // What the account's owner writes on the phone is no usage of the service, and older messages were none of it.
    MessageReceived: ({ data }) =>
      data.fromMe || data.history ? [] : counted(data, data.receivedAt, data.content.type, { received: 1 }),
    DeliveriesAttempted: ({ data }) => attempted(data.userId, data.attempts),
    MessageFileFetched: ({ data }) => counted(data, data.fetchedAt, data.type, { mediaBytesReceived: data.file.size }),
  },
});
