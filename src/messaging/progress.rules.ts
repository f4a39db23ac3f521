import type { MessageEvent } from './message.contract.js';
import type { MessageOwner } from './message-owner.contract.js';

/** How far a message that was sent from here has come, in the order in which that happens. */
const progressStatuses = ['sent', 'delivered', 'read', 'played'] as const;
export type ProgressStatus = (typeof progressStatuses)[number];

/** The later of two times (ISO 8601). */
export const laterOf = (a: string, b: string): string => (a > b ? a : b);

/** When something became known here, and when it happened by WhatsApp's clock (both ISO 8601), where that is another second. */
type Moment = { readonly at: string; readonly whatsappAt: string | null };

const secondOf = (time: string): number => Math.floor(Date.parse(time) / 1000);

/** What a report says about the time. */
export const momentOf = (at: string, whatsappAt: string): Moment => ({
  at,
  whatsappAt: secondOf(at) === secondOf(whatsappAt) ? null : whatsappAt,
});

/** A message on its way; `type` is that of its content. */
type OnItsWay = { readonly owner: MessageOwner; readonly type: string };

const eventOf: { readonly [status in ProgressStatus]: (message: OnItsWay, moment: Moment) => MessageEvent } = {
  sent: ({ owner, type }, { at, whatsappAt }) => ({
    type: 'MessageSent',
    data: { type, sentAt: at, whatsappAt, ...owner },
  }),
  delivered: ({ owner, type }, { at, whatsappAt }) => ({
    type: 'MessageDelivered',
    data: { type, deliveredAt: at, whatsappAt, ...owner },
  }),
  read: ({ owner, type }, { at, whatsappAt }) => ({
    type: 'MessageRead',
    data: { type, readAt: at, whatsappAt, ...owner },
  }),
  played: ({ owner, type }, { at, whatsappAt }) => ({
    type: 'MessagePlayed',
    data: { type, playedAt: at, whatsappAt, ...owner },
  }),
};

/** The statuses after one (null: not yet sent) up to another; none where the other one is not ahead. */
const statusesBetween = (from: ProgressStatus | null, to: ProgressStatus): readonly ProgressStatus[] =>
  progressStatuses.slice(from === null ? 0 : progressStatuses.indexOf(from) + 1, progressStatuses.indexOf(to) + 1);

/** What is recorded when a message is reported to have come so far. Of the steps before, it is only known that they happened. */
export const progressEvents = (
  message: OnItsWay,
  from: ProgressStatus | null,
  to: ProgressStatus,
  moment: Moment,
): readonly MessageEvent[] =>
  statusesBetween(from, to).map((status) =>
    eventOf[status](message, status === to ? moment : { at: moment.at, whatsappAt: null }),
  );
