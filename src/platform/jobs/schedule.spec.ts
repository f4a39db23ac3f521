import { describe, expect, it } from '@jest/globals';
import { isMissed, nextTime, type KnownRuns } from './schedule.js';

const at = (time: string): number => Date.parse(`2026-11-${time}:00.000Z`);

describe('the next time of a schedule', () => {
  it.each([
    ['*/15 * * * *', '23T10:00', '23T10:15'],
    ['7,22 * * * *', '23T10:22', '23T11:07'],
    ['30 3 * * *', '23T10:00', '24T03:30'],
    ['0 4 * * 0', '23T10:00', '29T04:00'],
  ])('%s after %s is %s', (schedule, after, next) => {
    expect(nextTime(schedule, at(after))).toBe(at(next));
  });

  it('does not depend on the time zone of the machine, nor on daylight saving time', () => {
    const march = Date.parse('2026-03-29T00:59:59.000Z');
    expect(new Date(nextTime('30 1 * * *', march)).toISOString()).toBe('2026-03-29T01:30:00.000Z');
  });

  it('is refused where the schedule is no cron expression', () => {
    expect(() => nextTime('every day', at('23T10:00'))).toThrow();
  });
});

describe('a run was missed', () => {
  const daily = '30 3 * * *';
  const known: KnownRuns = { since: at('20T00:00'), lastStartedAt: null, wasCutOff: false, wasCatchUp: false };

  it.each<[string, Partial<KnownRuns>, string, boolean]>([
    ['where its time has passed since the last one', { lastStartedAt: at('22T03:30') }, '23T04:00', true],
    ['not where it ran at its last time', { lastStartedAt: at('23T03:30') }, '23T04:00', false],
    ['where it never ran although it was due', {}, '20T04:00', true],
    ['not where it was never due', { since: at('23T03:31') }, '23T04:00', false],
    [
      'not for what was due while it was paused',
      { lastStartedAt: at('20T03:30'), since: at('23T03:40') },
      '23T04:00',
      false,
    ],
    ['where the last one was cut off', { lastStartedAt: at('23T03:30'), wasCutOff: true }, '23T03:31', true],
    [
      'not where it was cut off while it made up for one',
      { lastStartedAt: at('22T03:30'), wasCutOff: true, wasCatchUp: true },
      '23T04:00',
      false,
    ],
    ['not after the clock was set back', { lastStartedAt: at('24T03:30') }, '23T04:00', false],
  ])('%s', (_case, more, now, missed) => {
    expect(isMissed(daily, at(now), { ...known, ...more })).toBe(missed);
  });
});
