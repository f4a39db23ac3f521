import { projection, type OfType } from '#lib/event-sourcing';
import { collection, put } from '#lib/read-models';
import { addressEvents, type AddressEvent } from '../address.contract.js';

export type AddressDocument = {
  /** The id of the chat that the address had before it was known whose it is. */
  readonly id: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly address: string;
  /** The person's chat. */
  readonly chatId: string;
  readonly phoneNumber: string;
  readonly lid: string | null;
};

/** The addresses of which it is known whose they are. */
export const addresses = collection<AddressDocument>({
  name: 'addresses',
  version: 1,
  indexes: [['address'], ['phoneNumber']],
});

export const addressesProjection = projection<AddressEvent, AddressDocument>({
  into: addresses,
  from: [addressEvents],
  on: { AddressLearned: ({ data }) => put(data.addressId, documentOf(data)) },
});

const documentOf = ({
  addressId: id,
  account: _account,
  learnedAt: _learnedAt,
  ...data
}: OfType<AddressEvent, 'AddressLearned'>['data']): AddressDocument => ({ id, ...data });
