import { describe, it } from '@jest/globals';
import { given } from '#lib/event-sourcing/testing';
import type { Restriction } from '#lib/whatsapp';
import type { SessionCommand } from './session.commands.js';
import type { SessionEvent } from './session.contract.js';
import { sessionDecider } from './session.decider.js';

const of = { sessionId: '0199a3c4-1f00-7000-8000-00000000005e', userId: '0199a3c4-1f00-7000-8000-000000000001' };
const at = '2026-11-23T10:10:00.000Z';
const account = { phoneNumber: '+491701234567', jid: '1', lid: null, pushName: null, platform: null };
const linked: readonly SessionEvent[] = [
  {
    type: 'SessionInitialized',
    data: { ...of, name: null, pairing: 'qr', phoneNumber: null, start: 1, initializedAt: at },
  },
  { type: 'SessionPaired', data: { ...of, ...account, pairedAt: at } },
];
const until = '2026-11-24T10:00:00.000Z';
const lock: Restriction = { kind: 'time_lock', isActive: true, until, detail: 'No new chats.' };
const none: Restriction = { ...lock, isActive: false, until: null };
const cap: Restriction = { kind: 'new_chat_cap', isActive: true, until: null, detail: 'Enough of them.' };

const heard = (restriction: Restriction): SessionCommand => ({
  type: 'RecordRestriction',
  data: { sessionId: of.sessionId, restriction, start: 1, at },
});
const restricted = (...restrictions: readonly Restriction[]): SessionEvent => ({
  type: 'SessionRestricted',
  data: {
    ...of,
    restrictions: restrictions.map(({ kind, until: end, detail }) => ({ kind, until: end, detail })),
    restrictedAt: at,
  },
});
const session = given(sessionDecider);

describe('what WhatsApp forbids an account', () => {
  it('is on record once, however often WhatsApp says it', () => {
    session(linked).when(heard(none)).then([]);
    session(linked)
      .when(heard(lock))
      .then([restricted(lock)]);
    session([...linked, restricted(lock)])
      .when(heard(lock))
      .then([]);
  });

  it('is kept by kind, and ends as WhatsApp says', () => {
    session([...linked, restricted(lock)])
      .when(heard(cap))
      .then([restricted(lock, cap)]);
    session([...linked, restricted(lock, cap)])
      .when(heard(none))
      .then([restricted(cap)]);
    const longer = { ...lock, until: '2026-11-25T10:00:00.000Z' };
    session([...linked, restricted(lock)])
      .when(heard(longer))
      .then([restricted(longer)]);
  });

  it('is nothing of the next account', () => {
    session([
      ...linked,
      restricted(lock),
      { type: 'SessionLoggedOut', data: { ...of, by: 'phone', detail: 'Unlinked.', loggedOutAt: at } },
      { type: 'SessionRestarted', data: { ...of, linked: false, start: 2, restartedAt: at } },
      { type: 'SessionPaired', data: { ...of, ...account, phoneNumber: '+491700000000', pairedAt: at } },
    ])
      .when({ type: 'RecordRestriction', data: { sessionId: of.sessionId, restriction: none, start: 2, at } })
      .then([]);
  });
});
