import { describe, it } from '@jest/globals';
import { given } from '#lib/event-sourcing/testing';
import type { RecordSessionDisconnected, SessionCommand } from './session.commands.js';
import type { SessionEvent } from './session.contract.js';
import { sessionDecider } from './session.decider.js';

const of = { sessionId: '0199a3c4-1f00-7000-8000-00000000005e', userId: '0199a3c4-1f00-7000-8000-000000000001' };
const { sessionId } = of;
const at = '2026-11-23T10:10:00.000Z';
const earlier = '2026-11-23T10:00:00.000Z';
const justNow = '2026-11-23T10:09:59.000Z';
const account = {
  phoneNumber: '+491701234567',
  jid: '491701234567:1@s.whatsapp.net',
  lid: '338412907716533:1@lid',
  pushName: 'Ada',
  platform: 'android',
};
const request = { userId: of.userId, name: 'Front desk', pairing: 'qr', phoneNumber: null } as const;

const initialized: SessionEvent = {
  type: 'SessionInitialized',
  data: { sessionId, ...request, start: 1, initializedAt: earlier },
};
const qrIssued: SessionEvent = { type: 'QrIssued', data: { ...of, expiresAt: at, issuedAt: earlier } };
const paired: SessionEvent = { type: 'SessionPaired', data: { ...of, ...account, pairedAt: earlier } };
const connected = (connectedAt = earlier): SessionEvent => ({
  type: 'SessionConnected',
  data: { ...of, ...account, connectedAt },
});
const stopped: SessionEvent = { type: 'SessionStopped', data: { ...of, stoppedAt: earlier } };
const loggedOut: SessionEvent = {
  type: 'SessionLoggedOut',
  data: { ...of, by: 'caller', detail: 'Logged out.', loggedOutAt: earlier },
};
const deleted = (deletedAt: string, ended: object = {}): SessionEvent => ({
  type: 'SessionDeleted',
  data: { ...of, ...ended, deletedAt },
});
const ended = { connectedSince: earlier };
const linked = [initialized, qrIssued, paired, connected()];

const session = given(sessionDecider);
const init: SessionCommand = { type: 'InitSession', data: { sessionId, ...request, at } };
const simple = (type: 'RestartSession' | 'StopSession' | 'LogOutSession' | 'DeleteSession'): SessionCommand => ({
  type,
  data: { sessionId, at },
});

const cause = { reason: 'connection_lost', code: 408, detail: 'Lost.' };
const lost = (more: Partial<RecordSessionDisconnected['data']> = {}): SessionCommand => ({
  type: 'RecordSessionDisconnected',
  data: { sessionId, ...cause, retry: 'later', chance: 1, start: 1, at, ...more },
});
const disconnected = (willReconnect: boolean, more: object = {}): SessionEvent => ({
  type: 'SessionDisconnected',
  data: { ...of, ...cause, ...more, willReconnect, disconnectedAt: at },
});
const scheduled = (attempt: number, delayMs: number): SessionEvent => ({
  type: 'SessionReconnectScheduled',
  data: { ...of, attempt, delayMs, dueAt: new Date(Date.parse(at) + delayMs).toISOString(), scheduledAt: at },
});

describe('a session', () => {
  it('is initialized once', () => {
    session([])
      .when(init)
      .then([{ type: 'SessionInitialized', data: { sessionId, ...request, start: 1, initializedAt: at } }]);
    session([initialized]).when(init).then([]);
  });

  it('that was deleted is not initialized again', () => {
    session([...linked, deleted(earlier)])
      .when(init)
      .then([]);
  });

  it('of another user is not found', () => {
    const stranger = '0199a3c4-1f00-7000-8000-000000000002';
    for (const type of ['RestartSession', 'StopSession', 'LogOutSession', 'DeleteSession'] as const) {
      session(linked)
        .when({ type, data: { sessionId, userId: stranger, at } })
        .refused('session_not_found');
    }
    session(linked)
      .when({ type: 'DeleteSession', data: { sessionId, userId: of.userId, at } })
      .then([deleted(at, ended)]);
  });

  it('that does not exist cannot be changed', () => {
    for (const type of ['RestartSession', 'StopSession', 'LogOutSession', 'DeleteSession'] as const) {
      session([]).when(simple(type)).refused('session_not_found');
    }
    session([...linked, deleted(earlier)])
      .when(simple('RestartSession'))
      .refused('session_not_found');
  });

  it('is deleted once', () => {
    session(linked)
      .when(simple('DeleteSession'))
      .then([deleted(at, ended)]);
    session([...linked, deleted(earlier)])
      .when(simple('DeleteSession'))
      .then([]);
  });

  it('is stopped once, and only where it is running', () => {
    session(linked)
      .when(simple('StopSession'))
      .then([{ type: 'SessionStopped', data: { ...of, ...ended, stoppedAt: at } }]);
    session([...linked, stopped])
      .when(simple('StopSession'))
      .then([]);
    session([...linked, loggedOut])
      .when(simple('StopSession'))
      .then([]);
  });

  it('is still linked when it is restarted after a stop, but not after a logout', () => {
    const restarted = (isLinked: boolean): SessionEvent => ({
      type: 'SessionRestarted',
      data: { ...of, linked: isLinked, start: 2, restartedAt: at },
    });
    session([...linked, stopped])
      .when(simple('RestartSession'))
      .then([restarted(true)]);
    session([...linked, loggedOut])
      .when(simple('RestartSession'))
      .then([restarted(false)]);
  });

  it('numbers its starts', () => {
    const restarted = (start: number): SessionEvent => ({
      type: 'SessionRestarted',
      data: { ...of, linked: true, start, restartedAt: at },
    });
    session([...linked, restarted(2)])
      .when(simple('RestartSession'))
      .then([restarted(3)]);
  });

  it('is paired once, and connected once for each connection', () => {
    const pair: SessionCommand = { type: 'RecordSessionPaired', data: { sessionId, account, start: 1, at } };
    const connect: SessionCommand = { type: 'RecordSessionConnected', data: { sessionId, account, start: 1, at } };
    session([initialized, qrIssued])
      .when(pair)
      .then([{ type: 'SessionPaired', data: { ...of, ...account, pairedAt: at } }]);
    session([initialized, qrIssued, paired]).when(pair).then([]);
    session([initialized, qrIssued, paired])
      .when(connect)
      .then([connected(at)]);
    session(linked).when(connect).then([]);
  });

  it('ignores reports of a connection that should have ended', () => {
    for (const over of [stopped, loggedOut, deleted(earlier)]) {
      const late = [...linked, over];
      session(late)
        .when({ type: 'RecordQrIssued', data: { sessionId, expiresAt: at, start: 1, at } })
        .then([]);
      session(late)
        .when({ type: 'RecordSessionConnected', data: { sessionId, account, start: 1, at } })
        .then([]);
      session(late).when(lost()).then([]);
    }
  });

  it('is renamed when its name has changed', () => {
    const rename = (pushName: string | null): SessionCommand => ({
      type: 'RecordSessionRenamed',
      data: { sessionId, account: { ...account, pushName }, start: 1, at },
    });
    session(linked).when(rename('Ada')).then([]);
    session(linked)
      .when(rename('Eve'))
      .then([{ type: 'SessionRenamed', data: { ...of, pushName: 'Eve', renamedAt: at } }]);
  });
});

describe('a session that lost its connection', () => {
  it('connects again within a second', () => {
    session(linked)
      .when(lost())
      .then([disconnected(true, ended), scheduled(1, 1000)]);
    session(linked)
      .when(lost({ chance: 0 }))
      .then([disconnected(true, ended), scheduled(1, 500)]);
  });

  it('goes on counting attempts where the connection did not last, and starts again at one where it did', () => {
    const back = (connectedAt: string) => [...linked, disconnected(true), scheduled(3, 1), connected(connectedAt)];
    session(back(justNow))
      .when(lost())
      .then([disconnected(true, { connectedSince: justNow }), scheduled(4, 8000)]);
    session(back(earlier))
      .when(lost())
      .then([disconnected(true, ended), scheduled(1, 1000)]);
  });

  it('connects again at once where WhatsApp asks for that, but not over and over', () => {
    const restart = { reason: 'restart_required', code: 515, detail: 'No logout.' };
    session(linked)
      .when(lost({ ...restart, retry: 'at_once' }))
      .then([disconnected(true, { ...restart, ...ended }), scheduled(1, 0)]);
    session([...linked, disconnected(true), scheduled(1, 0), connected(justNow)])
      .when(lost({ ...restart, retry: 'at_once' }))
      .then([disconnected(true, { ...restart, connectedSince: justNow }), scheduled(2, 2000)]);
  });

  it('records no more failures after the eighth in a row', () => {
    const failure = (attempt: number) => [disconnected(true), scheduled(attempt, 1000)];
    const failures = [1, 2, 3, 4, 5, 6, 7].flatMap(failure);
    const eighth = [disconnected(true), scheduled(8, 120_000)];
    session([...linked, ...failures])
      .when(lost())
      .then(eighth);
    session([...linked, ...failures, ...eighth])
      .when(lost())
      .then([]);
  });

  it('ignores what the connection of an earlier start reports', () => {
    const restarted: SessionEvent = {
      type: 'SessionRestarted',
      data: { ...of, linked: false, start: 2, restartedAt: earlier },
    };
    const startedAgain = [initialized, qrIssued, restarted];
    const reported = { sessionId, start: 1, at };
    session(startedAgain)
      .when({ type: 'RecordQrIssued', data: { ...reported, expiresAt: at } })
      .then([]);
    session(startedAgain)
      .when({ type: 'RecordSessionPaired', data: { ...reported, account } })
      .then([]);
    session(startedAgain)
      .when({ type: 'RecordSessionConnected', data: { ...reported, account } })
      .then([]);
    session(startedAgain)
      .when({ type: 'RecordSessionPaired', data: { ...reported, account, start: 2 } })
      .then([{ type: 'SessionPaired', data: { ...of, ...account, pairedAt: at } }]);
  });

  it('ignores the end of the connection of an earlier start, and of no other', () => {
    const restarted: SessionEvent = {
      type: 'SessionRestarted',
      data: { ...of, linked: true, start: 2, restartedAt: earlier },
    };
    const removal = { reason: 'logged_out', code: 401, detail: 'The phone removed this device.' };
    const startedAgain = [...linked, restarted];
    session(startedAgain)
      .when(lost({ ...removal, retry: 'never', start: 1 }))
      .then([]);
    const end = [
      disconnected(false, removal),
      { type: 'SessionLoggedOut', data: { ...of, by: 'phone', detail: removal.detail, loggedOutAt: at } },
    ] as const;
    for (const start of [2, null]) {
      session(startedAgain)
        .when(lost({ ...removal, retry: 'never', start }))
        .then(end);
    }
  });

  it('is logged out if the phone removed it', () => {
    const removal = { reason: 'logged_out', code: 401, detail: 'The phone removed this device.' };
    session(linked)
      .when(lost({ ...removal, retry: 'never' }))
      .then([
        disconnected(false, { ...removal, ...ended }),
        { type: 'SessionLoggedOut', data: { ...of, by: 'phone', detail: removal.detail, loggedOutAt: at } },
      ]);
  });

  it('fails if trying again would not help', () => {
    const replaced = { reason: 'replaced', code: 440, detail: 'Another connection took over.' };
    session(linked)
      .when(lost({ ...replaced, retry: 'never' }))
      .then([
        disconnected(false, { ...replaced, ...ended }),
        { type: 'SessionFailed', data: { ...of, ...replaced, failedAt: at } },
      ]);
  });

  it('does nothing about an end that it was asked for', () => {
    session(linked)
      .when(lost({ reason: 'stopped', code: null, retry: 'never' }))
      .then([]);
  });

  it('expires if no phone linked it in time', () => {
    const expired = { reason: 'pairing_expired', code: 408, detail: 'Nobody linked it.', retry: 'never' } as const;
    session([initialized, qrIssued])
      .when(lost(expired))
      .then([{ type: 'PairingExpired', data: { ...of, detail: expired.detail, expiredAt: at } }]);
  });
});
