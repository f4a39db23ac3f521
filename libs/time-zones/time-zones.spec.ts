import { describe, expect, it } from '@jest/globals';
import { dayInZone, hourNamer, isTimeZone, quarterMs } from './index.js';

const hoursOf = ({ from, to }: { readonly from: string; readonly to: string }) =>
  (Date.parse(to) - Date.parse(from)) / 3_600_000;

describe('a day in a time zone', () => {
  it('is that of the calendar there', () => {
    expect(dayInZone('UTC', '2026-11-29T23:59:59.999Z')).toEqual({
      day: '2026-11-29',
      from: '2026-11-29T00:00:00.000Z',
      to: '2026-11-30T00:00:00.000Z',
    });
    expect(dayInZone('Asia/Tokyo', '2026-11-29T15:00:00.000Z')).toEqual({
      day: '2026-11-30',
      from: '2026-11-29T15:00:00.000Z',
      to: '2026-11-30T15:00:00.000Z',
    });
  });

  it('begins at a half or a quarter of an hour where the zone does', () => {
    expect(dayInZone('Asia/Kolkata', '2026-11-29T18:29:59.999Z').day).toBe('2026-11-29');
    expect(dayInZone('Asia/Kolkata', '2026-11-29T18:30:00.000Z').from).toBe('2026-11-29T18:30:00.000Z');
    expect(dayInZone('Asia/Kathmandu', '2026-11-29T20:00:00.000Z').from).toBe('2026-11-29T18:15:00.000Z');
  });

  it('has an hour less or more where clocks change', () => {
    expect(hoursOf(dayInZone('Europe/Berlin', '2026-03-29T12:00:00.000Z'))).toBe(23);
    expect(hoursOf(dayInZone('Europe/Berlin', '2026-10-25T12:00:00.000Z'))).toBe(25);
    expect(hoursOf(dayInZone('Australia/Lord_Howe', '2026-04-05T00:00:00.000Z'))).toBe(24.5);
  });

  it('begins at one o’clock where clocks are set forward at midnight', () => {
    const { from, to } = dayInZone('America/Santiago', '2026-09-06T12:00:00.000Z');
    expect([from, to]).toEqual(['2026-09-06T04:00:00.000Z', '2026-09-07T03:00:00.000Z']);
  });

  it('ends where the next one begins, also around a change of clocks and a day that was skipped', () => {
    for (const [zone, start, days] of [
      ['Europe/Berlin', '2026-10-23T12:00:00.000Z', 5],
      ['America/Santiago', '2026-04-03T12:00:00.000Z', 5],
      ['Pacific/Apia', '2011-12-28T12:00:00.000Z', 5],
    ] as const) {
      let { to } = dayInZone(zone, start);
      for (let count = 0; count < days; count += 1) {
        const next = dayInZone(zone, to);
        expect(next.from).toBe(to);
        expect(next.to > next.from).toBe(true);
        ({ to } = next);
      }
    }
  });
});

describe('the name of a time zone', () => {
  it('is one of the IANA', () => {
    expect(['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires'].every(isTimeZone)).toBe(true);
    expect(['Mars/Olympus', '', '+01:00', 'Europe/Berlin '].some(isTimeZone)).toBe(false);
  });
});

describe('the name of an hour', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29'],
    ['Europe/Berlin', '2026-10-25'],
    ['Pacific/Auckland', '2027-04-04'],
    ['Australia/Lord_Howe', '2026-10-04'],
    ['America/Havana', '2026-11-01'],
    ['Asia/Kathmandu', '1986-01-01'],
    ['Pacific/Apia', '2011-12-30'],
    ['Africa/Casablanca', '2027-02-07'],
    ['America/New_York', '1969-10-26'],
    ['Europe/Berlin', '1893-04-01'],
  ])('in %s around %s is what a clock there shows', (timeZone, day) => {
    const format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      dateStyle: 'short',
      timeStyle: 'medium',
      hourCycle: 'h23',
    });
    const nameOf = hourNamer(timeZone);
    const begin = Date.parse(day) - 2 * 24 * 3_600_000;
    for (let ms = begin; ms < begin + 4 * 24 * 3_600_000; ms += quarterMs)
      expect(nameOf(new Date(ms).toISOString()).slice(0, 13)).toBe(format.format(ms).slice(0, 14).replace(', ', 'T'));
  });
});
