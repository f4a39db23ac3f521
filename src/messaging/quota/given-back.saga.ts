import { saga } from '#lib/event-sourcing';
import type { GiveBackQuota } from '../message.commands.js';
import { messageEvents, type MessageEvent } from '../message.contract.js';

/** What certainly never leaves is given back to the quota of the day on which it was accepted. */
export const givenBackSaga = saga<MessageEvent, GiveBackQuota>({
  name: 'given-back-quota',
  // What was given back before is seen when a day is counted.
  startFrom: 'now',
  from: [messageEvents],
  // In order, so that one that is told again is known by its position where it is counted in memory.
  keyOf: ({ data }) => data.userId,
  on: {
    MessageFailed: ({ data: { userId, messageId, givesBack }, position }) =>
      givesBack === null ? [] : [{ type: 'GiveBackQuota', data: { userId, messageId, at: givesBack, position } }],
    MessageCanceled: ({ data: { userId, messageId, givesBack }, position }) =>
      givesBack === null ? [] : [{ type: 'GiveBackQuota', data: { userId, messageId, at: givesBack, position } }],
  },
});
