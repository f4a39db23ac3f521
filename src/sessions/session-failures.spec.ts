import { describe, it } from '@jest/globals';
import { given } from '#lib/event-sourcing/testing';
import type { SessionCommand } from './session.commands.js';
import type { SessionEvent } from './session.contract.js';
import { sessionDecider } from './session.decider.js';

const of = { sessionId: '0199a3c4-1f00-7000-8000-00000000005e', userId: '0199a3c4-1f00-7000-8000-000000000001' };
const at = '2026-11-23T10:10:00.000Z';
const account = {
  phoneNumber: '+491701234567',
  jid: '491701234567:1@s.whatsapp.net',
  lid: '338412907716533:1@lid',
  pushName: 'Ada',
  platform: 'android',
};
const initialized: SessionEvent = {
  type: 'SessionInitialized',
  data: { ...of, name: null, pairing: 'qr', phoneNumber: null, start: 1, initializedAt: at },
};
const paired: SessionEvent = { type: 'SessionPaired', data: { ...of, ...account, pairedAt: at } };
const failed = (reason: string): readonly SessionEvent[] => {
  const cause = { reason, code: null, detail: 'It failed.' };
  return [
    { type: 'SessionDisconnected', data: { ...of, ...cause, willReconnect: false, disconnectedAt: at } },
    { type: 'SessionFailed', data: { ...of, ...cause, failedAt: at } },
  ];
};
const restarted: SessionEvent = { type: 'SessionRestarted', data: { ...of, linked: true, start: 2, restartedAt: at } };
const retry: SessionCommand = { type: 'RetryFailedSession', data: { sessionId: of.sessionId, at } };
const session = given(sessionDecider);

describe('a failed session, when the service starts', () => {
  it('is started once more if the reason may have passed', () => {
    session([initialized, paired, ...failed('client_outdated')])
      .when(retry)
      .then([restarted]);
    session([initialized, paired, ...failed('client_outdated'), restarted])
      .when(retry)
      .then([]);
  });

  it('is left alone if it is banned, not linked, or was stopped', () => {
    session([initialized, paired, ...failed('banned')])
      .when(retry)
      .then([]);
    session([initialized, ...failed('client_outdated')])
      .when(retry)
      .then([]);
    session([initialized, paired, { type: 'SessionStopped', data: { ...of, stoppedAt: at } }])
      .when(retry)
      .then([]);
  });
});
