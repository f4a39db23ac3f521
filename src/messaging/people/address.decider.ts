import { decider, type Command, type OfType } from '#lib/event-sourcing';
import { addressEvents, type AddressEvent } from '../address.contract.js';

/** `at` is ISO 8601. */
export type LearnAddress = Command<
  'LearnAddress',
  Omit<OfType<AddressEvent, 'AddressLearned'>['data'], 'learnedAt'> & { readonly at: string }
>;

/** Whose address it is; null before that is known. */
type AddressState = { readonly chatId: string; readonly phoneNumber: string; readonly lid: string | null } | null;

export const addressDecider = decider<LearnAddress, AddressEvent, AddressState>({
  events: addressEvents,
  idOf: ({ data }) => data.addressId,
  initialState: null,

  decide: {
    // A LID that belongs to another number now: the person changed it, and what follows is another chat, as on the phone.
    LearnAddress: ({ at, ...data }, state) =>
      state?.phoneNumber === data.phoneNumber && (data.lid === null || data.lid === state.lid)
        ? []
        : [{ type: 'AddressLearned', data: { ...data, learnedAt: at } }],
  },

  evolve: {
    AddressLearned: (_before, { chatId, phoneNumber, lid }) => ({ chatId, phoneNumber, lid }),
  },
});
