import { describe, expect, it } from '@jest/globals';
import { expired, type Keep } from './retention.rules.js';

const dayMs = 24 * 60 * 60 * 1000;
const now = new Date('2026-11-29T03:00:00.000Z'); // a Sunday
/** One backup each night at two. */
const nightly = (nights: number) =>
  Array.from({ length: nights }, (_none, ago) => {
    const takenAt = new Date(Date.parse('2026-11-29T02:00:00.000Z') - ago * dayMs).toISOString();
    return { id: takenAt.slice(0, 10), takenAt, damaged: 0, position: 10_000 - ago };
  });
const keptOf = (backups: Parameters<typeof expired>[0], keep: Keep): readonly string[] => {
  const gone = new Set(expired(backups, keep, now));
  return backups.filter((backup) => !gone.has(backup)).map(({ id }) => id);
};

describe('the backups that are kept', () => {
  it('are the last of each day, week and month, as many as asked', () => {
    expect(keptOf(nightly(400), { daily: 3, weekly: 3, monthly: 4 })).toEqual([
      '2026-11-29',
      '2026-11-28',
      '2026-11-27',
      '2026-11-22', // Sundays end a week
      '2026-11-15',
      '2026-10-31',
      '2026-09-30',
      '2026-08-31',
    ]);
  });

  it('do not depend on the order in which they are listed', () => {
    const keep = { daily: 2, weekly: 2, monthly: 2 };
    const backups = nightly(90);
    expect(keptOf(backups.toReversed(), keep).toReversed()).toEqual(keptOf(backups, keep));
  });

  it('always have the newest among them, however old it is and whatever is asked', () => {
    const none = { daily: 0, weekly: 0, monthly: 0 };
    expect(keptOf(nightly(10), none)).toEqual(['2026-11-29']);
    expect(keptOf([{ id: 'old', takenAt: '2020-01-01T00:00:00.000Z', damaged: 0, position: 1 }], none)).toEqual([
      'old',
    ]);
    expect(keptOf([], none)).toEqual([]);
  });

  it('always have the newest without damaged events among them', () => {
    const backups = nightly(10).map((backup, ago) => ({ ...backup, damaged: ago < 7 ? 1 : 0 }));
    expect(keptOf(backups, { daily: 3, weekly: 0, monthly: 0 })).toEqual([
      '2026-11-29',
      '2026-11-28',
      '2026-11-27',
      '2026-11-22',
    ]);
    const none = { daily: 0, weekly: 0, monthly: 0 };
    expect(
      keptOf(
        nightly(2).map((backup) => ({ ...backup, damaged: 1 })),
        none,
      ),
    ).toEqual(['2026-11-29']);
  });

  it('are all of those of the last day: somebody made them by hand for a reason', () => {
    const byHand = ['2026-11-28T09:00:00.000Z', '2026-11-28T10:00:00.000Z', '2026-11-28T02:30:00.000Z'].map(
      (takenAt) => ({ id: takenAt, takenAt, damaged: 0, position: 10_000 }),
    );
    const keep = { daily: 1, weekly: 0, monthly: 0 };
    expect(keptOf([...nightly(1), ...byHand], keep)).toEqual(['2026-11-29', byHand[0]!.id, byHand[1]!.id]);
  });

  it('have the newest among them by its place in the log, although the clock was set back', () => {
    const ahead = { id: 'ahead', takenAt: '2026-11-27T12:00:00.000Z', damaged: 0, position: 1 };
    const after = { id: 'after', takenAt: '2026-11-20T02:00:00.000Z', damaged: 0, position: 2 };
    expect(keptOf([ahead, after], { daily: 0, weekly: 0, monthly: 0 })).toEqual(['after']);
    expect(keptOf([ahead, after], { daily: 1, weekly: 0, monthly: 0 })).toEqual(['after']);
  });

  it('count days that have a backup: where the service was away, older ones stay', () => {
    const backups = [...nightly(1), { id: 'before', takenAt: '2026-06-01T02:00:00.000Z', damaged: 0, position: 1 }];
    expect(keptOf(backups, { daily: 2, weekly: 0, monthly: 0 })).toEqual(['2026-11-29', 'before']);
  });
});
