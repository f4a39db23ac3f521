import { describe, expect, it } from '@jest/globals';
import { dayNamer, hourNamer, namesIn, periodOf, quarterOf } from './periods.rules.js';

const at = '2026-11-29T10:20:00.000Z';
const period = (asked: { from?: string; to?: string; timeZone?: string; byHour?: boolean }) =>
  periodOf({ timeZone: 'UTC', byHour: false, at, ...asked });
const refused = (code: string) => expect.objectContaining({ code });

describe('a period', () => {
  it('is the last thirty days, today included', () => {
    expect(period({})).toEqual({ from: '2026-10-31T00:00:00.000Z', to: '2026-11-29T10:30:00.000Z' });
  });

  it('has whole days in a time zone', () => {
    expect(period({ from: '2026-11-01', to: '2026-11-02', timeZone: 'Asia/Kathmandu' })).toEqual({
      from: '2026-10-31T18:15:00.000Z',
      to: '2026-11-02T18:15:00.000Z',
    });
  });

  it('has the hours that a day really has', () => {
    const berlin = { timeZone: 'Europe/Berlin' };
    expect(period({ from: '2026-03-29', to: '2026-03-29', ...berlin })).toEqual({
      from: '2026-03-28T23:00:00.000Z',
      to: '2026-03-29T22:00:00.000Z',
    });
    expect(period({ from: '2026-10-25', to: '2026-10-25', ...berlin })).toEqual({
      from: '2026-10-24T22:00:00.000Z',
      to: '2026-10-25T23:00:00.000Z',
    });
  });

  it('begins after a day that a place has skipped', () => {
    const { from, to } = period({ from: '2011-12-30', to: '2011-12-31', timeZone: 'Pacific/Apia' });
    expect([from, to]).toEqual(['2011-12-30T10:00:00.000Z', '2011-12-31T10:00:00.000Z']);
  });

  it('has times that are rounded down to a quarter of an hour', () => {
    expect(period({ from: '2026-11-29T08:14:59+01:00', to: '2026-11-29T09:59:00Z' })).toEqual({
      from: '2026-11-29T07:00:00.000Z',
      to: '2026-11-29T09:45:00.000Z',
    });
  });

  it('is refused with a time zone that there is not, backwards, and when it is too long', () => {
    expect(() => period({ timeZone: 'Mars/Olympus' })).toThrow(refused('unknown_time_zone'));
    expect(() => period({ from: '2026-11-02', to: '2026-11-01' })).toThrow(refused('period_invalid'));
    expect(() => period({ from: '2025-01-01', to: '2026-11-01' })).toThrow(refused('period_too_long'));
    expect(() => period({ from: '2026-01-01', to: '2026-03-01', byHour: true })).toThrow(refused('period_too_long'));
  });
});

describe('the names of days and hours', () => {
  it('tell an hour that comes twice from the first one', () => {
    const name = hourNamer('Europe/Berlin');
    expect(name('2026-10-25T00:45:00.000Z')).toBe('2026-10-25T02:00+02:00');
    expect(name('2026-10-25T01:00:00.000Z')).toBe('2026-10-25T02:00+01:00');
    expect(hourNamer('UTC')('2026-10-25T01:00:00.000Z')).toBe('2026-10-25T01:00+00:00');
  });

  it('are all there, in order', () => {
    const march = period({ from: '2026-03-01', to: '2026-03-31', timeZone: 'America/New_York' });
    const days = namesIn(march, dayNamer('America/New_York'));
    expect([days.length, days[0], days.at(-1)]).toEqual([31, '2026-03-01', '2026-03-31']);
    const hours = namesIn(
      period({ from: '2026-03-08', to: '2026-03-08', timeZone: 'America/New_York', byHour: true }),
      hourNamer('America/New_York'),
    );
    expect(hours).toHaveLength(23);
  });

  it('are those of a quarter of an hour', () => {
    expect(quarterOf('2026-11-29T07:14:59.999Z')).toBe('2026-11-29T07:00:00.000Z');
    expect(quarterOf('2026-11-29T07:45:00.000Z')).toBe('2026-11-29T07:45:00.000Z');
  });
});
