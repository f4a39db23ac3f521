import type { Recorded } from '#lib/event-sourcing';
import { shownPersonOf } from '#lib/whatsapp';
import type { Change } from './incoming.contract.js';
import type { MessageEvent, MessageEventData } from './message.contract.js';
import { momentOf } from './progress.rules.js';

/** Something that happened to a message. */
export type TimelineEntry = {
  /** ISO 8601: when it became known here. */
  readonly at: string;
  /** When it happened by WhatsApp's clock, in whole seconds, where that is another second. */
  readonly whatsappAt?: string;
  /** What happened, as webhooks name it: `queued`, `held`, `sent`, … */
  readonly event: string;
  /** The same as a sentence for people. */
  readonly detail: string;
  /** ISO 8601: until when it waits, where that is known. */
  readonly until?: string;
};

const byWhatsApp = (whatsappAt: string | null): Pick<TimelineEntry, 'whatsappAt'> =>
  whatsappAt === null ? {} : { whatsappAt };

const changeInWords = {
  edit: 'An edit of it',
  sealed_edit: 'An edit of it',
  sealed_vote: 'A vote on it',
  revocation: 'A deletion of it',
  reaction: 'A reaction to it',
} as const satisfies { readonly [kind in Change['kind']]: string };

const entryOf: {
  readonly [Type in MessageEvent['type']]: (data: MessageEventData<Type>) => TimelineEntry;
} = {
  MessageScheduled: ({ acceptedAt, scheduledAt }) => ({
    at: acceptedAt,
    event: 'scheduled',
    detail: `Accepted. It will be queued at ${scheduledAt}.`,
  }),
  MessageQueued: ({ queuedAt, acceptedAt }) => ({
    at: queuedAt,
    event: 'queued',
    detail: queuedAt === acceptedAt ? 'Accepted and queued.' : 'Its scheduled time has come: queued.',
  }),
  MessageHeld: ({ heldAt, detail, until }) => ({
    at: heldAt,
    event: 'held',
    detail,
    ...(until !== undefined && { until }),
  }),
  MessageAttempted: ({ attemptedAt, leftOut = [] }) => ({
    at: attemptedAt,
    event: 'sending',
    detail: `It was handed to the connection${leftOutInWords(leftOut.length)}: from now on it may arrive.${leftOut.length === 0 ? ' WhatsApp has not answered yet.' : ''}`,
  }),
  MediaUploaded: ({ recordedAt }) => ({
    at: recordedAt,
    event: 'uploaded',
    detail: 'Its file was uploaded to WhatsApp.',
  }),
  LinkPreviewFetched: ({ recordedAt }) => ({
    at: recordedAt,
    event: 'preview_fetched',
    detail: 'The preview of its link was fetched.',
  }),
  LinkPreviewUnavailable: ({ recordedAt, reason }) => ({
    at: recordedAt,
    event: 'preview_unavailable',
    detail: `It is sent without a preview of its link: ${reason}`,
  }),
  MessageSent: ({ sentAt, whatsappAt }) => ({
    at: sentAt,
    ...byWhatsApp(whatsappAt),
    event: 'sent',
    detail: 'WhatsApp’s server has it.',
  }),
  MessageDelivered: ({ deliveredAt, whatsappAt }) => ({
    at: deliveredAt,
    ...byWhatsApp(whatsappAt),
    event: 'delivered',
    detail: 'It has arrived on a device of the recipient.',
  }),
  MessageRead: ({ readAt, whatsappAt }) => ({
    at: readAt,
    ...byWhatsApp(whatsappAt),
    event: 'read',
    detail: 'The recipient has seen it.',
  }),
  MessagePlayed: ({ playedAt, whatsappAt }) => ({
    at: playedAt,
    ...byWhatsApp(whatsappAt),
    event: 'played',
    detail: 'The recipient has played it.',
  }),
  MessageFailed: ({ failedAt, reason }) => ({ at: failedAt, event: 'failed', detail: `It failed: ${reason}` }),
  MessageCanceled: ({ canceledAt }) => ({
    at: canceledAt,
    event: 'canceled',
    detail: 'It was canceled before it was sent.',
  }),
  MessageReceived: ({ receivedAt, sentAt, fromMe, history }) => ({
    at: receivedAt,
    ...byWhatsApp(momentOf(receivedAt, sentAt).whatsappAt),
    event: 'received',
    detail: history ? 'The phone was asked for older messages.' : receivedFrom(fromMe),
  }),
  MessageRecovered: ({ recoveredAt }) => ({ at: recoveredAt, event: 'recovered', detail: 'It can be read now.' }),
  MessageFileFetched: ({ fetchedAt }) => ({ at: fetchedAt, event: 'file_fetched', detail: 'Its file was fetched.' }),
  MessageFileUnavailable: ({ at, trouble: { reason } }) => ({
    at,
    event: 'file_unavailable',
    detail: `Its file cannot be had: ${reason}.`,
  }),
  MessageChangeAwaited: ({ at, change }) => ({
    at,
    event: 'change_awaited',
    detail: `${changeInWords[change.kind]} arrived before the message, and waits for it.`,
  }),
  SealedChangeReceived: ({ at, change: { kind } }) =>
    kind === 'sealed_edit'
      ? { at, event: 'edit_received', detail: 'An edit arrived, and is being decrypted.' }
      : { at, event: 'vote_received', detail: 'A vote arrived, encrypted.' },
  MessageMarked: ({ markedAt, as, hidden }) => ({
    at: markedAt,
    event: as,
    detail: `It was marked as ${as} here.${hidden ? ' Its sender is not told.' : ''}`,
  }),
  MarkReported: ({ reportedAt, as }) => ({
    at: reportedAt,
    event: `${as}_reported`,
    detail: `WhatsApp was told that it was ${as}.`,
  }),
  MessageEditRequested: ({ requestedAt }) => ({
    at: requestedAt,
    event: 'edit_requested',
    detail: 'An edit of it was accepted. It is sent as soon as the session is connected.',
  }),
  MessageRevocationRequested: ({ requestedAt }) => ({
    at: requestedAt,
    event: 'revocation_requested',
    detail: 'Its deletion for everyone was accepted. It is sent as soon as the session is connected.',
  }),
  MessageChangeFailed: ({ failedAt, kind, reason }) => ({
    at: failedAt,
    event: `${kind}_failed`,
    detail: kind === 'edit' ? `It was not edited: ${reason}` : `It was not deleted: ${reason}`,
  }),
  MessageEdited: ({ editedAt }) => ({ at: editedAt, event: 'edited', detail: 'Its author edited it.' }),
  MessageRevoked: ({ revokedAt }) => ({ at: revokedAt, event: 'revoked', detail: 'It was deleted for everyone.' }),
  ReactionReceived: ({ reactedAt, from, emoji }) => ({
    at: reactedAt,
    event: 'reaction',
    detail: emoji === null ? `${from} removed a reaction.` : `${from} reacted with ${emoji}.`,
  }),
  PollVoted: ({ recordedAt, votedAt, voter, options }) => {
    const who = shownPersonOf(voter, 'Somebody');
    const chosen = options.map((option) => `“${option}”`).join(', ');
    return {
      at: recordedAt,
      ...byWhatsApp(momentOf(recordedAt, votedAt).whatsappAt),
      event: 'poll_vote',
      detail: options.length === 0 ? `${who} withdrew their vote.` : `${who} voted for ${chosen}.`,
    };
  },
};

/**
 * An entry that tells less than the one before or after it: an attempt with an outcome, a vote that was counted, or that it still waits for the
 * same reason.
 */
const isNeedless = (events: readonly MessageEvent[], index: number): boolean => {
  const event = events[index];
  if (event?.type === 'MessageAttempted') return index < events.length - 1 && event.data.leftOut === undefined;
  if (event?.type === 'SealedChangeReceived' && event.data.change.kind === 'sealed_vote') {
    const { changeId } = event.data;
    return events.some(({ type, data }) => type === 'PollVoted' && data.changeId === changeId);
  }
  if (event?.type !== 'MessageHeld') return false;
  const before = events.slice(0, index).findLast(({ type }) => type !== 'MessageAttempted');
  return before?.type === 'MessageHeld' && before.data.why === event.data.why && before.data.until === event.data.until;
};

/**
 * What happened to a message so far, in order. The last entry says why it is where it is. `expiredAt`: since when its content is gone, which
 * the entries then say nothing of.
 */
export const timelineOf = (events: readonly Recorded<MessageEvent>[], expiredAt?: string): readonly TimelineEntry[] => {
  const entries = events
    .filter((_event, index) => !isNeedless(events, index))
    .map(({ type, data }) => (entryOf[type] as (data: unknown) => TimelineEntry)(data));
  if (expiredAt === undefined) return entries;
  const silent = entries.map((entry) =>
    entry.event in withContent ? { ...entry, detail: withContent[entry.event]! } : entry,
  );
  const detail = 'Its content was removed: it is older than content is kept for.';
  const later = silent.findIndex(({ at }) => at > expiredAt);
  return silent.toSpliced(later < 0 ? silent.length : later, 0, { at: expiredAt, event: 'expired', detail });
};

/** The events that are told with what somebody said, and how they are told without. */
const withContent: { readonly [event: string]: string } = {
  poll_vote: 'Somebody voted, or withdrew their vote.',
  reaction: 'Somebody reacted to it, or took their reaction back.',
};

const leftOutInWords = (count: number): string =>
  count === 0 ? '' : ` without ${count} of its recipients, who ${count === 1 ? 'is' : 'are'} not on WhatsApp`;

const receivedFrom = (fromMe: boolean): string =>
  fromMe ? 'The account’s owner sent it from another device.' : 'Received from WhatsApp.';
