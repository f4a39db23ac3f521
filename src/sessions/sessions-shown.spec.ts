import { describe, expect, it } from '@jest/globals';
import { project, type Recorded } from '#lib/event-sourcing';
import { applyWrite, type Fields } from '#lib/read-models';
import { applyEvent } from '#lib/subscriptions';
import type { PublicSession } from '../platform/public-events/public-resource.js';
import { shownSession, type SessionDocument } from './session-document.rules.js';
import type { SessionEvent } from './session.contract.js';
import { eventSessions } from './sessions.public-events.js';
import { sessionsProjection } from './sessions.projection.js';

const at = '2026-11-30T10:00:00.000Z';
const of = { sessionId: 's1', userId: 'u1' };
const [asked, linkedTo] = ['+491701234567', '+491709999999'];
const account = { phoneNumber: linkedTo, jid: '1@s.whatsapp.net', lid: null, pushName: 'Ada', platform: null };

const initialized = (pairing: 'qr' | 'code'): SessionEvent => ({
  type: 'SessionInitialized',
  data: {
    ...of,
    name: null,
    pairing,
    phoneNumber: pairing === 'code' ? asked : null,
    start: 1,
    initializedAt: at,
  },
});
const paired: SessionEvent = { type: 'SessionPaired', data: { ...of, ...account, pairedAt: at } };
const connected: SessionEvent = { type: 'SessionConnected', data: { ...of, ...account, connectedAt: at } };
const loggedOut: SessionEvent = {
  type: 'SessionLoggedOut',
  data: { ...of, by: 'caller', detail: 'As asked', loggedOutAt: at },
};
const restarted: SessionEvent = {
  type: 'SessionRestarted',
  data: { ...of, linked: false, start: 2, restartedAt: at },
};

/** The number of the session as callers see it, and as public events name it. */
const numbersAfter = (...events: readonly SessionEvent[]): readonly unknown[] => {
  const recorded = events as unknown as readonly Recorded[];
  const document = recorded
    .flatMap((event) => project(sessionsProjection, event))
    .reduce<Fields | undefined>(applyWrite, undefined) as SessionDocument;
  const tables = eventSessions.view.tables();
  for (const event of recorded) applyEvent(eventSessions.view, tables, event);
  const named: PublicSession | undefined = eventSessions.of(tables, of.sessionId);
  return [shownSession(document).phoneNumber, named?.phoneNumber];
};

describe('the phone number of a session', () => {
  it('is that which a pairing code is for, until it is linked and again once it is logged out', () => {
    const code = initialized('code');
    expect(numbersAfter(code)).toEqual([asked, asked]);
    expect(numbersAfter(code, paired)).toEqual([linkedTo, linkedTo]);
    expect(numbersAfter(code, paired, connected)).toEqual([linkedTo, linkedTo]);
    expect(numbersAfter(code, paired, loggedOut)).toEqual([asked, asked]);
    expect(numbersAfter(code, paired, connected, loggedOut, restarted)).toEqual([asked, asked]);
  });

  it('is none while a session that is paired by QR is not linked', () => {
    const qr = initialized('qr');
    expect(numbersAfter(qr)).toEqual([null, null]);
    expect(numbersAfter(qr, paired)).toEqual([linkedTo, linkedTo]);
    expect(numbersAfter(qr, paired, loggedOut, restarted)).toEqual([null, null]);
  });
});
