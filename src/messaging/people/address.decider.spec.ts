import { describe, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import type { AddressEvent } from '../address.contract.js';
import { addressDecider, type LearnAddress } from './address.decider.js';

const at = '2026-01-02T03:04:05.600Z';
const data = {
  addressId: '0199aaaa-0000-8000-8000-000000000001',
  userId: '0199aaaa-0000-7000-8000-000000000002',
  sessionId: '0199aaaa-0000-7000-8000-000000000003',
  chatId: '0199aaaa-0000-8000-8000-000000000004',
  account: '+491709876543',
  address: '338412907716533@lid',
  phoneNumber: '+491701234567',
  lid: '338412907716533@lid',
};
type Data = Omit<typeof data, 'phoneNumber'> & { readonly phoneNumber: string | null };
const learn = (change: Partial<Data> = {}): LearnAddress => ({
  type: 'LearnAddress',
  data: { ...data, ...change, at },
});
const learned = (change: Partial<Data> = {}): AddressEvent => ({
  type: 'AddressLearned',
  data: { ...data, ...change, learnedAt: at },
});
const given = givenEvents(addressDecider);

describe('an address', () => {
  it('is recorded with the person it belongs to', () => {
    given([]).when(learn()).then([learned()]);
  });

  it('is recorded once, however often WhatsApp names it', () => {
    given([learned()]).when(learn()).then([]);
  });

  it('stays in the chat of the person, also where another is proposed at the same time', () => {
    const chatId = '0199aaaa-0000-8000-8000-000000000005';
    given([learned()]).when(learn({ chatId })).then([]);
  });

  it('may be known alone first, and then with the person', () => {
    const alone = learned({ phoneNumber: null, chatId: data.addressId });
    given([])
      .when(learn({ phoneNumber: null, chatId: data.addressId }))
      .then([alone]);
    given([alone])
      .when(learn({ chatId: data.addressId }))
      .then([learned({ chatId: data.addressId })]);
    given([learned()])
      .when(learn({ phoneNumber: null, chatId: data.addressId }))
      .then([]);
  });

  it('is recorded again where it belongs to another number', () => {
    const other = { phoneNumber: '+491701111111', chatId: '0199aaaa-0000-8000-8000-000000000005' };
    given([learned()])
      .when(learn(other))
      .then([learned(other)]);
  });
});
