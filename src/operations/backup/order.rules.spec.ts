import { describe, expect, it } from '@jest/globals';
import { newestFirst, type Placed } from './order.rules.js';

type Backup = Placed & { readonly id: string };
const backup = (id: string, position: number, takenAt: string, more: Partial<Backup> = {}): Backup => ({
  id,
  log: 'one',
  position,
  takenAt: `2026-11-${takenAt}T02:00:00.000Z`,
  ...more,
});
const idsOf = (...backups: readonly Backup[]): string =>
  newestFirst(backups)
    .map(({ id }) => id)
    .join(' ');

describe('the order of backups', () => {
  const beforeTheClock = backup('ahead', 100, '29');
  const afterTheClock = backup('set-back', 200, '20');

  it('is that of their positions, although the clock was set back', () => {
    expect(idsOf(beforeTheClock, afterTheClock)).toBe('set-back ahead');
    expect(idsOf(afterTheClock, beforeTheClock)).toBe('set-back ahead');
  });

  it('is that of their times where nothing was recorded in between', () => {
    expect(idsOf(backup('first', 100, '28'), backup('second', 100, '29'))).toBe('second first');
  });

  it('is that of their times between different logs', () => {
    const other = { log: 'other' };
    const all = [backup('a', 900, '26', other), backup('b', 910, '28', other), backup('c', 1, '27'), afterTheClock];
    expect(idsOf(...all)).toBe('b a set-back c');
    expect(idsOf(backup('new', 5, '29'), backup('old', 900, '28', { log: undefined }))).toBe('new old');
  });

  it('is that of their times between a restored copy and its original, which may have gone further', () => {
    const restored = { restoredAt: '2026-11-28T09:00:00.000Z' };
    const original = [backup('kept', 100, '26'), backup('lost', 500, '27', { restoredAt: null })];
    expect(idsOf(...original, backup('copy', 120, '28', restored), backup('next', 130, '29', restored))).toBe(
      'next copy lost kept',
    );
  });
});
