import { describe, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import type { QuotaEvent, UsedOfDay } from './quota.contract.js';
import { quotaDecider, type NoteQuotaUse } from './quota.decider.js';

const given = givenEvents(quotaDecider);
const use = (used: number, change: Partial<UsedOfDay> = {}): UsedOfDay => ({
  userId: '0199aaaa-0000-7000-8000-000000000001',
  day: '2026-11-29',
  from: '2026-11-29T00:00:00.000Z',
  to: '2026-11-30T00:00:00.000Z',
  limit: 10,
  used,
  at: '2026-11-29T12:00:00.000Z',
  ...change,
});
const note = (data: UsedOfDay): NoteQuotaUse => ({ type: 'NoteQuotaUse', data });
const warned = (data: UsedOfDay): QuotaEvent => ({ type: 'QuotaWarned', data });
const exceeded = (data: UsedOfDay): QuotaEvent => ({ type: 'QuotaExceeded', data });

describe('what a user is told of their daily quota', () => {
  it('is that four fifths are used, and that all is, each once', () => {
    given([])
      .when(note(use(7)))
      .then([]);
    given([])
      .when(note(use(8)))
      .then([warned(use(8))]);
    given([warned(use(8))])
      .when(note(use(9)))
      .then([]);
    given([warned(use(8))])
      .when(note(use(10)))
      .then([exceeded(use(10))]);
    given([warned(use(8)), exceeded(use(10))])
      .when(note(use(10)))
      .then([]);
  });

  it('is both where both are crossed at once', () => {
    given([])
      .when(note(use(1, { limit: 1 })))
      .then([warned(use(1, { limit: 1 })), exceeded(use(1, { limit: 1 }))]);
  });

  it('is told again the next day, and not again for the day before', () => {
    const next = use(8, { day: '2026-11-30', from: '2026-11-30T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z' });
    given([warned(use(8))])
      .when(note(next))
      .then([warned(next)]);
    given([warned(use(8)), warned(next)])
      .when(note(use(9)))
      .then([]);
  });

  it('is nothing where nothing may be sent anyway', () => {
    given([])
      .when(note(use(0, { limit: 0 })))
      .then([]);
  });
});
