import { decider } from '#lib/event-sourcing';
import type { RecordUserMessagesErased } from './erasure.commands.js';
import { erasureEvents, type ErasureEvent } from './erasure.contract.js';

export const erasureDecider = decider<RecordUserMessagesErased, ErasureEvent, { readonly isErased: boolean }>({
  events: erasureEvents,
  idOf: ({ data }) => data.userId,
  initialState: { isErased: false },
  decide: {
    RecordUserMessagesErased: ({ userId, at }, { isErased }) =>
      isErased ? [] : [{ type: 'UserMessagesErased', data: { userId, erasedAt: at } }],
  },
  evolve: { UserMessagesErased: () => ({ isErased: true }) },
});
