import { describe, expect, it } from '@jest/globals';
import type { QuietHours } from '../../identity/pacing.contract.js';
import { quietUntil } from './quiet-hours.rules.js';
import { timeZonesOf } from './time-zones.rules.js';

const night: QuietHours = { from: '22:00', to: '08:00' };

/** Until when it is quiet at a time (ISO 8601). */
const until = (timeZones: readonly string[], at: string, hours = night): string | undefined => {
  const end = quietUntil(hours, timeZones, Date.parse(at));
  return end === undefined ? undefined : new Date(end).toISOString();
};

describe('quiet hours', () => {
  it('begin and end by the clock where somebody lives, over midnight too', () => {
    const berlin = ['Europe/Berlin'];
    expect(until(berlin, '2026-11-23T20:59:59Z')).toBeUndefined();
    expect(until(berlin, '2026-11-23T21:00:00Z')).toBe('2026-11-24T07:00:00.000Z');
    expect(until(berlin, '2026-11-24T06:59:59.500Z')).toBe('2026-11-24T07:00:00.000Z');
    expect(until(berlin, '2026-11-24T07:00:00Z')).toBeUndefined();
    expect(until(berlin, '2026-11-23T12:30:10Z', { from: '13:00', to: '15:00' })).toBe('2026-11-23T14:00:00.000Z');
    expect(until(['Asia/Kathmandu'], '2026-11-23T18:00:00Z')).toBe('2026-11-24T02:15:00.000Z');
  });

  it('end at the same time of day in the nights in which clocks are set', () => {
    expect(until(['Europe/Berlin'], '2026-03-28T22:00:00Z')).toBe('2026-03-29T06:00:00.000Z');
    expect(until(['Europe/Berlin'], '2026-10-24T21:00:00Z')).toBe('2026-10-25T07:00:00.000Z');
  });

  it('last until they are over in all time zones of the country', () => {
    const coasts = ['America/New_York', 'America/Los_Angeles'];
    expect(until(coasts, '2026-11-24T03:00:00Z')).toBe('2026-11-24T16:00:00.000Z');
    expect(until(coasts, '2026-11-23T18:00:00Z')).toBeUndefined();
    expect(until(coasts, '2026-11-24T14:00:00Z')).toBe('2026-11-24T16:00:00.000Z');
  });

  it('hold only while they hold in all time zones, where they would never end otherwise', () => {
    const apart = ['Pacific/Auckland', 'Europe/London'];
    const long: QuietHours = { from: '19:00', to: '09:00' };
    expect(until(apart, '2026-11-23T12:00:00Z', long)).toBeUndefined();
    expect(until(apart, '2026-11-23T19:30:00Z', long)).toBe('2026-11-23T20:00:00.000Z');
  });

  it('go by the zone that is set where the number tells none, or several', () => {
    const set: QuietHours = { ...night, timeZone: 'America/Los_Angeles' };
    expect(until([], '2026-11-24T07:00:00Z')).toBeUndefined();
    expect(until([], '2026-11-24T07:00:00Z', set)).toBe('2026-11-24T16:00:00.000Z');
    expect(until(['America/New_York', 'America/Los_Angeles'], '2026-11-24T04:00:00Z', set)).toBeUndefined();
    expect(until(['Europe/Berlin', 'Europe/Busingen'], '2026-11-24T04:00:00Z', set)).toBe('2026-11-24T07:00:00.000Z');
  });
});

describe('the time zones of a number', () => {
  it('are those of its country', () => {
    expect(timeZonesOf('+491701234567')).toContain('Europe/Berlin');
    expect(timeZonesOf('+5511987654321')).toContain('America/Sao_Paulo');
    expect(timeZonesOf('+12025550123').length).toBeGreaterThan(5);
    expect(timeZonesOf('+77011234567')).toContain('Asia/Almaty');
    expect(timeZonesOf('+88213300655')).toEqual([]);
  });
});
