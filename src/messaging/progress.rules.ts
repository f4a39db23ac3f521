import type { MessageEvent, MessageOwner } from './message.contract.js';

/** How far a message that was sent from here has come, in the order in which that happens. */
const progressStatuses = ['sent', 'delivered', 'read', 'played'] as const;
export type ProgressStatus = (typeof progressStatuses)[number];

/** The later of two times (ISO 8601). */
export const laterOf = (a: string, b: string): string => (a > b ? a : b);

const eventOf: { readonly [status in ProgressStatus]: (owner: MessageOwner, at: string) => MessageEvent } = {
  sent: (owner, sentAt) => ({ type: 'MessageSent', data: { ...owner, sentAt } }),
  delivered: (owner, deliveredAt) => ({ type: 'MessageDelivered', data: { ...owner, deliveredAt } }),
  read: (owner, readAt) => ({ type: 'MessageRead', data: { ...owner, readAt } }),
  played: (owner, playedAt) => ({ type: 'MessagePlayed', data: { ...owner, playedAt } }),
};

/** The statuses after one (null: not yet sent) up to another; none where the other one is not ahead. */
const statusesBetween = (from: ProgressStatus | null, to: ProgressStatus): readonly ProgressStatus[] =>
  progressStatuses.slice(from === null ? 0 : progressStatuses.indexOf(from) + 1, progressStatuses.indexOf(to) + 1);

/** What is recorded when a message is reported to have come so far. */
export const progressEvents = (
  owner: MessageOwner,
  from: ProgressStatus | null,
  to: ProgressStatus,
  at: string,
): readonly MessageEvent[] => statusesBetween(from, to).map((status) => eventOf[status](owner, at));
