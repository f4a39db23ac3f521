import { saga } from '#lib/event-sourcing';
import { sessionEvents, type SessionEvent } from '../sessions/session.contract.js';
import {
  messageEvents,
  type AbandonMessages,
  type AwaitSchedule,
  type DeliverMessage,
  type MessageEvent,
} from './message.contract.js';

/** What was queued goes to its session's outbox, in the order in which it was; what is scheduled waits for its time. */
export const outboxSaga = saga<MessageEvent, DeliverMessage | AwaitSchedule>({
  name: 'outbox',
  // Older messages are loaded from the view at every start. Enqueued again, those that were sent would use up the pace of their session.
  startFrom: 'now',
  from: [messageEvents],
  keyOf: ({ data, stream }) => ('sessionId' in data ? data.sessionId : stream),
  on: {
    MessageQueued: ({ data: { sessionId, chatId, messageId } }) => [
      { type: 'DeliverMessage', data: { sessionId, chatId, messageId } },
    ],
    MessageScheduled: ({ data }) => [{ type: 'AwaitSchedule', data: { scheduledAt: data.scheduledAt } }],
  },
});

/** Nothing of a session that is gone stays queued for ever. */
export const abandonSaga = saga<SessionEvent, AbandonMessages>({
  name: 'abandoned-messages',
  // No message may stay queued for ever. Repeating is harmless: a second search finds nothing.
  startFrom: 'beginning',
  from: [sessionEvents],
  on: {
    SessionDeleted: ({ data: { sessionId, deletedAt } }) => [
      { type: 'AbandonMessages', data: { sessionId, at: deletedAt } },
    ],
  },
});
