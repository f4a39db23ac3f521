import { newestFirst, type Placed } from './order.rules.js';

/** How many of the last days, weeks and months that have a backup keep their last one. */
export type Keep = { readonly daily: number; readonly weekly: number; readonly monthly: number };

type Taken = Placed & {
  readonly id: string;
  /** How many damaged events are in it. */
  readonly damaged: number;
};

const dayMs = 24 * 60 * 60 * 1000;

/**
 * The backups that are no longer kept, by grandfather, father and son: the last one of each day, week (from Monday) and month, in UTC, for as
 * many of these as asked. What is younger than a day is kept, and so are the newest of all and the newest without damage, whatever is asked.
 */
export const expired = <Backup extends Taken>(backups: readonly Backup[], keep: Keep, now: Date): readonly Backup[] => {
  const ordered = newestFirst(backups);
  const kept = new Set(ordered.slice(0, 1));
  const undamaged = ordered.find(({ damaged }) => damaged === 0);
  if (undamaged) kept.add(undamaged);
  for (const backup of ordered) if (now.getTime() - Date.parse(backup.takenAt) < dayMs) kept.add(backup);
  for (const [count, periodOf] of [
    [keep.daily, dayOf],
    [keep.weekly, weekOf],
    [keep.monthly, monthOf],
  ] as const) {
    const periods = new Set<string>();
    for (const backup of ordered) {
      const period = periodOf(backup.takenAt);
      if (periods.has(period)) continue;
      if (periods.size === count) break;
      periods.add(period);
      kept.add(backup);
    }
  }
  return backups.filter((backup) => !kept.has(backup));
};

const dayOf = (time: string): string => new Date(time).toISOString().slice(0, 10);
const monthOf = (time: string): string => dayOf(time).slice(0, 7);

/** The day of its Monday. */
const weekOf = (time: string): string => {
  const date = new Date(time);
  const sinceMonday = (date.getUTCDay() + 6) % 7;
  return dayOf(new Date(date.getTime() - sinceMonday * dayMs).toISOString());
};
