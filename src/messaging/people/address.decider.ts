import { decider, type Command, type OfType } from '#lib/event-sourcing';
import { addressEvents, type AddressEvent } from '../address.contract.js';
import { isLearned, type AddressState } from './people.rules.js';

/** `at` is ISO 8601. */
export type LearnAddress = Command<
  'LearnAddress',
  Omit<OfType<AddressEvent, 'AddressLearned'>['data'], 'learnedAt'> & { readonly at: string }
>;

export const addressDecider = decider<LearnAddress, AddressEvent, AddressState>({
  events: addressEvents,
  idOf: ({ data }) => data.addressId,
  initialState: null,

  decide: {
    LearnAddress: ({ at, ...data }, state) => {
      if (isLearned(state, data)) return [];
      const { chatId, phoneNumber } = isLearned(state, { ...data, lid: null }) ? state : data; // the chat of a person does not change any more
      return [{ type: 'AddressLearned', data: { ...data, chatId, phoneNumber, learnedAt: at } }];
    },
  },

  evolve: {
    AddressLearned: (_before, { chatId, phoneNumber, lid }) => ({ chatId, phoneNumber, lid }),
  },
});
