import { LRUCache } from 'lru-cache';
import { dayInZone, type DayInZone } from '#lib/time-zones';
import type { Period } from './period-count.rules.js';

export type Day = DayInZone;

/** Days in time zones. Working one out takes longer than everything else about a quota: the last one of each zone is kept. */
export class Days {
  private readonly last = new LRUCache<string, Day>({ max: 1000 });

  /** The day that it is in a time zone at a time (ISO 8601). */
  of(timeZone: string, at: string): Day {
    const known = this.last.get(timeZone);
    if (known && at >= known.from && at < known.to) return known;
    const day = dayInZone(timeZone, at);
    this.last.set(timeZone, day);
    return day;
  }
}

const minuteMs = 60_000;
let lastMinute: Period = { from: '', to: '' };

/** The minute of the clock that it is at a time (ISO 8601). The last one is kept: most ask for that. */
export const minuteOf = (at: string): Period => {
  if (at >= lastMinute.from && at < lastMinute.to) return lastMinute;
  const from = Math.floor(Date.parse(at) / minuteMs) * minuteMs;
  return (lastMinute = { from: new Date(from).toISOString(), to: new Date(from + minuteMs).toISOString() });
};
