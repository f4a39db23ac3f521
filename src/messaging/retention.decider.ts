import { decider } from '#lib/event-sourcing';
import type { ExpireMessages } from './retention.commands.js';
import { retentionEvents, type RetentionEvent } from './retention.contract.js';

/** No decision depends on the events before, so that a stream for each month may be read, or not, in no time. */
export const retentionDecider = decider<ExpireMessages, RetentionEvent, null>({
  events: retentionEvents,
  idOf: ({ data: { userId, at } }) => `${userId}-${at.slice(0, 'yyyy-mm'.length)}`,
  initialState: null,
  decide: {
    ExpireMessages: ({ userId, before, messages, at }) =>
      messages.length === 0
        ? []
        : [{ type: 'MessagesExpired', data: { userId, before, messages: [...messages], expiredAt: at } }],
  },
  evolve: { MessagesExpired: (state) => state },
});
