import type { MessageEvent } from './message.contract.js';

/** How far a message of ours has come, in the order in which that happens. */
const steps = ['sent', 'delivered', 'read', 'played'] as const;
export type Step = (typeof steps)[number];

/** The later of two times (ISO 8601). */
export const laterOf = (a: string, b: string): string => (a > b ? a : b);

const eventOf: { readonly [step in Step]: (messageId: string, at: string) => MessageEvent } = {
  sent: (messageId, sentAt) => ({ type: 'MessageSent', data: { messageId, sentAt } }),
  delivered: (messageId, deliveredAt) => ({ type: 'MessageDelivered', data: { messageId, deliveredAt } }),
  read: (messageId, readAt) => ({ type: 'MessageRead', data: { messageId, readAt } }),
  played: (messageId, playedAt) => ({ type: 'MessagePlayed', data: { messageId, playedAt } }),
};

/** The steps from one place (null: not yet sent) to another, none of them where that lies behind. */
const stepsBetween = (from: Step | null, to: Step): readonly Step[] =>
  steps.slice(from === null ? 0 : steps.indexOf(from) + 1, steps.indexOf(to) + 1);

/** What is recorded when a message is heard to have come so far. */
export const progressEvents = (messageId: string, from: Step | null, to: Step, at: string): readonly MessageEvent[] =>
  stepsBetween(from, to).map((step) => eventOf[step](messageId, at));
