import { describe, expect, it } from '@jest/globals';
import { safePacing, type Pacing } from './pacing.contract.js';
import { contactWait, paceOf, sessionWait, slowdownOf, type Contact, type SessionFacts } from './pacing.rules.js';

const pacing: Pacing = { ...safePacing, jitter: 0 };
const facts = (changed: Partial<SessionFacts> = {}): SessionFacts => ({
  pacing,
  ageDays: 100,
  restrictions: [],
  outcomes: [],
  lastSent: null,
  lastToStranger: null,
  today: { timeZone: 'UTC', from: '2026-11-23T00:00:00.000Z', to: '2026-11-24T00:00:00.000Z' },
  newContactsToday: 0,
  nowMs: Date.parse('2026-11-23T22:00:00Z'),
  ...changed,
});
const stranger: Contact = { isStranger: true, isNew: true, timeZones: ['Europe/Berlin'] };
const friend: Contact = { ...stranger, isStranger: false, isNew: false };

describe('the pace of a session', () => {
  it('puts a pause between two messages, and does not make up for idle time', () => {
    const waitAfter = (agoMs: number) => sessionWait(facts({ lastSent: { agoMs, chance: 0.5 } }))?.waitMs;
    expect(sessionWait(facts())).toBeUndefined();
    expect([0, 1000, 3000, 900_000].map(waitAfter)).toEqual([3000, 2000, undefined, undefined]);
  });

  it('varies the pause around its mean', () => {
    const waits = [0, 0.5, 1].map((chance) =>
      sessionWait(facts({ pacing: { ...pacing, jitter: 0.3, messagesPerMinute: 60 }, lastSent: { agoMs: 0, chance } })),
    );
    expect(waits.map((wait) => Math.round(wait?.waitMs ?? 0))).toEqual([700, 1000, 1300]);
  });

  it('is free where it is turned off', () => {
    const off = facts({
      pacing: { ...pacing, enabled: false },
      lastSent: { agoMs: 0, chance: 1 },
      newContactsToday: 900,
    });
    expect([sessionWait(off), contactWait(off, stranger)]).toEqual([undefined, undefined]);
  });

  it('grows with the age of the number, up to what is set', () => {
    const at = (ageDays: number, changed: Partial<Pacing> = {}) => {
      const { messagesPerMinute, newContactsPerDay } = paceOf(facts({ ageDays, pacing: { ...pacing, ...changed } }));
      return [messagesPerMinute, newContactsPerDay];
    };
    expect([0, 2.9, 3, 7, 14, 30].map((days) => at(days))).toEqual([
      [4, 10],
      [4, 10],
      [8, 25],
      [12, 50],
      [16, 100],
      [20, 200],
    ]);
    expect(at(0, { messagesPerMinute: 2, newContactsPerDay: null })).toEqual([2, 10]);
    expect(at(0, { warmUp: false, newContactsPerDay: null })).toEqual([20, null]);
  });

  it('slows down while WhatsApp refuses many of the last messages, not for a few', () => {
    const outcomes = (refused: number, sent: number) => [
      ...Array.from({ length: refused }, () => 'refused' as const),
      ...Array.from({ length: sent }, () => 'sent' as const),
    ];
    expect([
      slowdownOf(outcomes(4, 0)),
      slowdownOf(outcomes(5, 0)),
      slowdownOf(outcomes(5, 15)),
      slowdownOf(outcomes(5, 16)),
      slowdownOf(outcomes(10, 10)),
    ]).toEqual([1, 10, 3, 1, 10]);
    expect(paceOf(facts({ outcomes: outcomes(10, 10) })).messagesPerMinute).toBe(2);
    expect(paceOf(facts({ outcomes: outcomes(10, 10), pacing: { ...pacing, breaker: false } })).messagesPerMinute).toBe(
      20,
    );
  });
});

describe('a message to somebody who never wrote', () => {
  it('waits for a longer pause after the one before; others do not', () => {
    const after = facts({ lastToStranger: { agoMs: 5000, chance: 0.5 } });
    expect(contactWait(after, stranger)).toMatchObject({ why: 'new_contacts', kind: 'pause', waitMs: 15_000 });
    expect(contactWait(after, friend)).toBeUndefined();
  });

  it('waits for the next day where that many people were written to for the first time', () => {
    const full = facts({ newContactsToday: 200 });
    expect(contactWait(full, stranger)).toMatchObject({ why: 'new_contacts', kind: 'date', waitMs: 7_200_000 });
    expect(contactWait(full, { ...stranger, isNew: false })).toBeUndefined();
    expect(contactWait(full, friend)).toBeUndefined();
    expect(contactWait(facts({ newContactsToday: 199 }), stranger)).toBeUndefined();
    const today = { timeZone: 'Asia/Kolkata', from: '2026-11-23T18:30:00.000Z', to: '2026-11-24T18:30:00.000Z' };
    expect(contactWait({ ...full, today }, stranger)).toMatchObject({
      because: expect.stringContaining('on a day (Asia/Kolkata)'),
      untilMs: Date.parse(today.to),
    });
  });
});

describe('a restriction of the account', () => {
  const until = '2026-11-24T04:00:00.000Z';
  const restricted = (kind: 'time_lock' | 'new_chat_cap') =>
    facts({ pacing: { ...pacing, enabled: false }, restrictions: [{ kind, until, detail: 'No new chats.' }] });
  const waiting = { why: 'restricted', because: 'No new chats', kind: 'date', waitMs: 6 * 3_600_000 };

  it('holds what it forbids until its end, also where nothing is paced', () => {
    const known = { ...stranger, isNew: false };
    expect(contactWait(restricted('time_lock'), stranger)).toMatchObject(waiting);
    expect(contactWait(restricted('time_lock'), known)).toMatchObject(waiting);
    expect(contactWait(restricted('new_chat_cap'), stranger)).toMatchObject(waiting);
  });

  it('lets everything else leave', () => {
    expect(contactWait(restricted('time_lock'), friend)).toBeUndefined();
    expect(contactWait(restricted('new_chat_cap'), { ...stranger, isNew: false })).toBeUndefined();
    expect(sessionWait(restricted('time_lock'))).toBeUndefined();
  });
});

describe('quiet hours', () => {
  it('hold messages to whoever lives where they are', () => {
    const quiet = facts({ pacing: { ...pacing, quietHours: { from: '22:00', to: '08:00' } } });
    expect(contactWait(quiet, friend)).toMatchObject({ why: 'quiet_hours', kind: 'date', waitMs: 9 * 3_600_000 });
    expect(contactWait(quiet, { ...friend, timeZones: ['America/New_York'] })).toBeUndefined();
  });
});
