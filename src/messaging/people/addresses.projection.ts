import { projection, type OfType } from '#lib/event-sourcing';
import { collection, put, removeAll } from '#lib/read-models';
import { addressEvents, type AddressEvent } from '../address.contract.js';
import { erasureEvents, type ErasureEvent } from '../erasure.contract.js';

export type AddressDocument = {
  /** The id of the chat that the address had before it was known whose it is. */
  readonly id: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly address: string;
  /** The person's chat, or an earlier one that leads there. */
  readonly chatId: string;
  readonly phoneNumber: string | null;
  readonly lid: string | null;
};

/** The addresses of which it is known whose they are. */
export const addresses = collection<AddressDocument>({
  name: 'addresses',
  version: 4,
  indexes: [['address'], ['phoneNumber'], ['userId'], ['chatId']],
  owners: ['userId'],
});

export const addressesProjection = projection<AddressEvent | ErasureEvent, AddressDocument>({
  into: addresses,
  from: [addressEvents, erasureEvents],
  on: {
    AddressLearned: ({ data }) => put(data.addressId, documentOf(data)),
    UserMessagesErased: ({ data }) => removeAll('userId', data.userId),
  },
});

const documentOf = ({
  addressId: id,
  account: _account,
  learnedAt: _learnedAt,
  ...data
}: OfType<AddressEvent, 'AddressLearned'>['data']): AddressDocument => ({ id, ...data });
