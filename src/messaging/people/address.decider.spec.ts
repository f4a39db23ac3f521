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
const learn = (change: Partial<typeof data> = {}): LearnAddress => ({
  type: 'LearnAddress',
  data: { ...data, ...change, at },
});
const learned = (change: Partial<typeof data> = {}): AddressEvent => ({
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

  it('is recorded again where it belongs to another number', () => {
    const other = { phoneNumber: '+491701111111', chatId: '0199aaaa-0000-8000-8000-000000000005' };
    given([learned()])
      .when(learn(other))
      .then([learned(other)]);
  });
});
