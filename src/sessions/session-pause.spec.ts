import { describe, it } from '@jest/globals';
import { given } from '#lib/event-sourcing/testing';
import type { SessionCommand } from './session.commands.js';
import type { SessionEvent } from './session.contract.js';
import { sessionDecider } from './session.decider.js';

const of = { sessionId: '0199a3c4-1f00-7000-8000-00000000005e', userId: '0199a3c4-1f00-7000-8000-000000000001' };
const { sessionId } = of;
const at = '2026-11-23T10:10:00.000Z';
const account = { phoneNumber: '+491701234567', jid: '1@s.whatsapp.net', lid: null, pushName: null, platform: null };
const linked: readonly SessionEvent[] = [
  {
    type: 'SessionInitialized',
    data: { ...of, name: null, pairing: 'qr', phoneNumber: null, start: 1, initializedAt: at },
  },
  { type: 'SessionPaired', data: { ...of, ...account, pairedAt: at } },
  { type: 'SessionConnected', data: { ...of, ...account, connectedAt: at } },
];
const stopped: SessionEvent = { type: 'SessionStopped', data: { ...of, stoppedAt: at } };
const paused = (wasConnected: boolean, ended: object = {}): SessionEvent => ({
  type: 'SessionPaused',
  data: { ...of, ...ended, wasConnected, pausedAt: at },
});
const resumed = (connects: boolean, start: number): SessionEvent => ({
  type: 'SessionResumed',
  data: { ...of, connects, linked: true, start, resumedAt: at },
});

const session = given(sessionDecider);
const command = (
  type: 'PauseSession' | 'ResumeSession' | 'RestartSession' | 'StopSession' | 'DeleteSession',
): SessionCommand => ({ type, data: { sessionId, at } });
const lost: SessionCommand = {
  type: 'RecordSessionDisconnected',
  data: { sessionId, reason: 'connection_lost', code: 408, detail: 'Lost.', retry: 'later', chance: 1, start: 1, at },
};

describe('a session of a user who is deactivated', () => {
  it('is paused once, and connects again when it is resumed', () => {
    session(linked)
      .when(command('PauseSession'))
      .then([paused(true, { connectedSince: at })]);
    session([...linked, paused(true)])
      .when(command('PauseSession'))
      .then([]);
    session([...linked, paused(true)])
      .when(command('ResumeSession'))
      .then([resumed(true, 2)]);
    session([...linked, paused(true), resumed(true, 2)])
      .when(command('ResumeSession'))
      .then([]);
  });

  it('stays stopped where it was stopped before, or is stopped meanwhile', () => {
    session([...linked, stopped])
      .when(command('PauseSession'))
      .then([paused(false)]);
    session([...linked, stopped, paused(false)])
      .when(command('ResumeSession'))
      .then([resumed(false, 1)]);
    session([...linked, paused(true), stopped])
      .when(command('ResumeSession'))
      .then([resumed(false, 1)]);
  });

  it('is not restarted, but can be stopped and deleted', () => {
    session([...linked, paused(true)])
      .when(command('RestartSession'))
      .refused('user_inactive');
    session([...linked, paused(true)])
      .when(command('StopSession'))
      .then([{ type: 'SessionStopped', data: { ...of, stoppedAt: at } }]);
    session([...linked, paused(true)])
      .when(command('DeleteSession'))
      .then([{ type: 'SessionDeleted', data: { ...of, deletedAt: at } }]);
  });

  it('records nothing that its former connection still reports', () => {
    session([...linked, paused(true)])
      .when(lost)
      .then([]);
  });
});

describe('a session of a restored copy', () => {
  const why = 'restored';
  const heldBack: SessionEvent = {
    type: 'SessionPaused',
    data: { ...of, connectedSince: at, wasConnected: true, why, pausedAt: at },
  };
  const pauseCopy: SessionCommand = { type: 'PauseSession', data: { sessionId, why, at } };
  const resumeCopy: SessionCommand = { type: 'ResumeSession', data: { sessionId, why, at } };

  it('is paused once, and connects again when the copy goes on', () => {
    session(linked).when(pauseCopy).then([heldBack]);
    session([...linked, heldBack])
      .when(pauseCopy)
      .then([]);
    session([...linked, heldBack])
      .when(resumeCopy)
      .then([resumed(true, 2)]);
  });

  it('is not started, and not resumed with its user', () => {
    session([...linked, heldBack])
      .when(command('RestartSession'))
      .refused('restored_copy');
    session([...linked, heldBack])
      .when(command('ResumeSession'))
      .then([]);
  });

  it('stays paused where its user is deactivated, before or meanwhile', () => {
    session([...linked, paused(true)])
      .when(pauseCopy)
      .then([]);
    session([...linked, paused(true)])
      .when(resumeCopy)
      .then([]);
    session([...linked, heldBack])
      .when(command('PauseSession'))
      .then([paused(true)]);
    session([...linked, heldBack, paused(true)])
      .when(resumeCopy)
      .then([]);
  });
});
