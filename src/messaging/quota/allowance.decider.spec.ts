import { describe, expect, it } from '@jest/globals';
import { fold } from '#lib/event-sourcing';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import type { AllowanceEvent } from './allowance.contract.js';
import { allowanceDecider, takenIn, type AllowanceCommand } from './allowance.decider.js';

const given = givenEvents(allowanceDecider);
const userId = '0199aaaa-0000-7000-8000-000000000001';
const at = '2026-11-29T12:03:00.000Z';
const bucket = '2026-11-29T12:00:00.000Z';
const utc = { from: '2026-11-29T00:00:00.000Z', to: '2026-11-30T00:00:00.000Z' };
const take = (count: number, limit = 10, period = utc): AllowanceCommand => ({
  type: 'TakeAllowance',
  data: { userId, at, takes: [{ key: 'day', bucket, count, period, limit }] },
});
const taken = (by: number, when = bucket): AllowanceEvent => ({
  type: 'AllowanceTaken',
  data: { userId, at, changes: [{ key: 'day', bucket: when, by }] },
});
const change = { key: 'day', bucket, by: -1 };
const idOf = (n: number): string => `0199aaaa-0000-7000-8000-${String(n).padStart(12, '0')}`;
const giveBack = (n: number, when = bucket): AllowanceCommand => ({
  type: 'GiveBackAllowance',
  data: { userId, messageId: idOf(n), change: { ...change, bucket: when } },
});
const givenBack = (n: number, when = bucket): AllowanceEvent => ({
  type: 'AllowanceGivenBack',
  data: { userId, messageId: idOf(n), change: { ...change, bucket: when } },
});
const quarter = (index: number): string => new Date(Date.parse(utc.from) + index * 900_000).toISOString();

describe('the allowance of a user', () => {
  it('is taken up to its limit, and not beyond', () => {
    given([])
      .when(take(10))
      .then([taken(10)]);
    given([]).when(take(11)).refused('allowance_used_up');
    given([taken(9)])
      .when(take(1))
      .then([taken(1)]);
    given([taken(9)])
      .when(take(2))
      .refused('allowance_used_up');
    given([taken(9)])
      .when(take(1, 5))
      .refused('allowance_used_up');
  });

  it('is that of the day in the user’s time zone', () => {
    const tokyo = { from: '2026-11-29T15:00:00.000Z', to: '2026-11-30T15:00:00.000Z' };
    const early = '2026-11-29T14:45:00.000Z';
    const late = '2026-11-29T15:00:00.000Z';
    given([taken(10, early)])
      .when(take(10, 10, tokyo))
      .then([taken(10)]);
    given([taken(5, early), taken(6, late)])
      .when(take(5, 10, tokyo))
      .refused('allowance_used_up');
  });

  it('takes back what was not used, whatever the limit is by now', () => {
    given([taken(9)])
      .when(take(-2, 1))
      .then([taken(-2)]);
    given([taken(10), taken(-2)])
      .when(take(2))
      .then([taken(2)]);
  });

  it('gets back each message once that never left', () => {
    given([taken(10)])
      .when(giveBack(7))
      .then([givenBack(7)]);
    given([taken(10), givenBack(7)])
      .when(giveBack(7))
      .then([]);
    given([taken(10), givenBack(7)])
      .when(take(1))
      .then([taken(1)]);
    given([taken(10), givenBack(7)])
      .when(take(2))
      .refused('allowance_used_up');
  });

  it('gets back a message of each position, whatever the positions of those before', () => {
    given([taken(10), givenBack(7)])
      .when(giveBack(6))
      .then([givenBack(6)]);
  });

  it('gets nothing back of a quarter of an hour in which nothing is taken any more', () => {
    given([taken(10)])
      .when(giveBack(7, quarter(-4000)))
      .then([]);
    given([taken(1), givenBack(7)])
      .when(giveBack(8))
      .then([]);
    const months = Array.from({ length: 500 }, (_, n) => givenBack(n, quarter(-4000 - n)));
    given([taken(10), ...months])
      .when(take(1))
      .refused('allowance_used_up');
  });

  it('is no less than what was accepted without it', () => {
    const open = (count: number): AllowanceCommand => ({
      type: 'OpenAllowance',
      data: { userId, at, accepted: { key: 'day', bucket, period: utc, count } },
    });
    const opened = (by: number): AllowanceEvent => ({
      type: 'AllowanceOpened',
      data: { userId, at, changes: [{ ...change, by }] },
    });
    given([])
      .when(open(4))
      .then([opened(4)]);
    given([opened(4)])
      .when(open(3))
      .then([]);
    given([opened(4)])
      .when(take(7))
      .refused('allowance_used_up');
    given([opened(4), taken(1), taken(5, quarter(-10))])
      .when(open(6))
      .then([opened(1)]);
    given([taken(7), givenBack(1)])
      .when(open(6))
      .then([]);
  });

  it('remembers the last days however many there were', () => {
    const events = Array.from({ length: 1000 }, (_, index) => taken(1, quarter(index)));
    const last = { from: quarter(904), to: quarter(1000) };
    expect(takenIn(fold(allowanceDecider, events), 'day', last)).toBe(96);
  });

  it('remembers today, also where the clock was set ahead or back for days', () => {
    for (const by of [100_000, -100_000]) {
      const days = Array.from({ length: 500 }, (_, index) => taken(1, quarter(by + index)));
      const today = Array.from({ length: 50 }, (_, index) => taken(1, quarter(index)));
      expect(takenIn(fold(allowanceDecider, [...days, ...today]), 'day', utc)).toBe(50);
    }
  });

  it('forgets no message that may be given back again after a crash', () => {
    const back = Array.from({ length: 1000 }, (_, n) => givenBack(n));
    given([taken(1000), taken(10), ...back])
      .when(giveBack(0))
      .then([]);
  });
});
