import { expect, it } from '@jest/globals';
import { readPeople, resultsOf, withAddresses } from './asked-people.rules.js';

it('says of each person what became of them, in the order asked', () => {
  const people = withAddresses(
    readPeople([
      '+49 170 1234567',
      '338412907716533@lid',
      '+49 170 7654321',
      'Bob',
      '+49 170 1111111',
      '+49 170 2222222',
    ]),
    [
      { phoneNumber: '+491701234567', exists: true, jid: '491701234567@s.whatsapp.net', lid: null },
      { phoneNumber: '+491707654321', exists: false, jid: null, lid: null },
      { phoneNumber: '+491701111111', exists: true, jid: '491701111111@s.whatsapp.net', lid: null },
    ],
  );
  const outcomes = [
    { jid: '338412907716533@lid', refusedWith: 409 },
    { jid: '491701234567@s.whatsapp.net', refusedWith: null },
    { jid: '491701111111@s.whatsapp.net', refusedWith: 499 },
  ];
  expect(resultsOf(people, outcomes)).toEqual([
    { number: '+49 170 1234567', ok: true },
    { number: '338412907716533@lid', ok: false, code: 'in_group_already' },
    { number: '+49 170 7654321', ok: false, code: 'not_on_whatsapp' },
    { number: 'Bob', ok: false, code: 'invalid_recipient' },
    { number: '+49 170 1111111', ok: false, code: 'whatsapp_499' },
    { number: '+49 170 2222222', ok: false, code: 'not_answered' },
  ]);
});
