import { describe, it } from '@jest/globals';
import type { ContactNames } from '#lib/whatsapp';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import { personDecider, type NamePerson } from './person.decider.js';

const at = '2026-11-29T10:00:00.000Z';
const person = {
  chatId: '5d0b6f9c-31f4-8b0e-9d2a-4f6a8c1e2b10',
  userId: '0199a3c4-1f00-7000-8000-000000000001',
  sessionId: '0199a3c4-1f00-7000-8000-0000000000b1',
  account: '+491709876543',
  phoneNumber: '+491701234567',
  lid: null,
};
const command = (names: ContactNames): NamePerson => ({ type: 'NamePerson', data: { ...person, ...names, at } });
const named = (savedName: string | null, pushName: string | null) =>
  ({ type: 'PersonNamed', data: { ...person, savedName, verifiedName: null, pushName, namedAt: at } }) as const;

describe('a person', () => {
  const given = givenEvents(personDecider);

  it('is named where a name is new, and keeps those that nothing is said of', () => {
    given([])
      .when(command({ savedName: null }))
      .then([]);
    given([])
      .when(command({ pushName: 'ada' }))
      .then([named(null, 'ada')]);
    given([named(null, 'ada')])
      .when(command({ savedName: 'Ada' }))
      .then([named('Ada', 'ada')]);
    given([named('Ada', 'ada')])
      .when(command({ pushName: 'ada' }))
      .then([]);
    given([named('Ada', 'ada')])
      .when(command({ savedName: null }))
      .then([named(null, 'ada')]);
  });
});
