import { describe, it } from '@jest/globals';
import { given } from '#lib/event-sourcing/testing';
import type { SessionCommand } from './session.commands.js';
import type { SessionEvent } from './session.contract.js';
import { sessionDecider } from './session.decider.js';

const sessionId = '0199a3c4-1f00-7000-8000-00000000005e';
const of = { sessionId, userId: '0199a3c4-1f00-7000-8000-000000000001' };
const account = { phoneNumber: '+491701234567', jid: '1', lid: null, pushName: 'Ada', platform: null };
const connectedSince = '2026-11-23T10:00:00.000Z';
const at = '2026-11-23T10:10:00.000Z';

const initialized: SessionEvent = {
  type: 'SessionInitialized',
  data: { ...of, name: null, pairing: 'qr', phoneNumber: null, start: 1, initializedAt: connectedSince },
};
const paired: SessionEvent = { type: 'SessionPaired', data: { ...of, ...account, pairedAt: connectedSince } };
const connected: SessionEvent = {
  type: 'SessionConnected',
  data: { ...of, ...account, connectedAt: connectedSince },
};
const interrupted: SessionEvent = {
  type: 'SessionDisconnected',
  data: {
    ...of,
    connectedSince,
    reason: 'service_restarted',
    code: null,
    detail: 'The service was restarted. The session is being connected again.',
    willReconnect: true,
    disconnectedAt: at,
  },
};

const session = given(sessionDecider);
const simple = (type: 'RestartSession' | 'StopSession' | 'LogOutSession' | 'DeleteSession'): SessionCommand => ({
  type,
  data: { sessionId, at },
});
const interrupt: SessionCommand = { type: 'RecordSessionInterrupted', data: { sessionId, at } };

describe('the end of a connection tells since when it stood', () => {
  it('where somebody ended it', () => {
    const linked = [initialized, paired, connected];
    const ended = { ...of, connectedSince };
    session(linked)
      .when(simple('RestartSession'))
      .then([{ type: 'SessionRestarted', data: { ...ended, linked: true, start: 2, restartedAt: at } }]);
    session(linked)
      .when(simple('StopSession'))
      .then([{ type: 'SessionStopped', data: { ...ended, stoppedAt: at } }]);
    const detail = 'The session was logged out: start it again to link a phone.';
    session(linked)
      .when(simple('LogOutSession'))
      .then([{ type: 'SessionLoggedOut', data: { ...ended, by: 'caller', detail, loggedOutAt: at } }]);
    session(linked)
      .when(simple('DeleteSession'))
      .then([{ type: 'SessionDeleted', data: { ...ended, deletedAt: at } }]);
  });

  it('after a restart of the service, if it was connected', () => {
    session([initialized, paired, connected]).when(interrupt).then([interrupted]);
    session([initialized, paired]).when(interrupt).then([]);
  });

  it('once', () => {
    session([initialized, paired, connected, interrupted])
      .when(simple('DeleteSession'))
      .then([{ type: 'SessionDeleted', data: { ...of, deletedAt: at } }]);
  });
});
