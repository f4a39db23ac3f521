import { LRUCache } from 'lru-cache';

/** Every time zone in use is a multiple of this away from UTC. */
export const quarterMs = 15 * 60 * 1000;
/** When the quarter of an hour began in which a time is (both milliseconds since 1970). */
export const startOfQuarter = (ms: number): number => ms - (((ms % quarterMs) + quarterMs) % quarterMs);

/** No place on earth is further from UTC. */
const maxOffsetMs = 15 * 3600 * 1000;
const dayMs = 24 * 3600 * 1000;

const iso = (ms: number): string => new Date(ms).toISOString();

/** Names the day or hour of a time (ISO 8601) in a time zone: `2026-11-29`, `2026-11-29T08:00+01:00`. */
export type PeriodNamer = (time: string) => string;

type Clock = { readonly day: string; readonly hour: string; readonly offset: string };

/** Whether it is the name of a time zone of the IANA: `Europe/Berlin`. */
export const isTimeZone = (name: string): boolean => {
  if (!/^[A-Za-z]/.test(name)) return false; // an offset, `+01:00`, knows no daylight saving
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

/** By how much a clock is ahead of UTC: `+01:00`. */
type Offset = { readonly text: string; readonly ms: number };

const offsetIn = (timeZone: string): ((ms: number) => Offset) => {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  return (at) => {
    const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const text = name.replace('GMT', '') || '+00:00';
    const [hours = 0, minutes = 0, seconds = 0] = text.slice(1).split(':').map(Number);
    const ms = ((hours * 60 + minutes) * 60 + seconds) * 1000;
    return { text, ms: text.startsWith('-') ? -ms : ms };
  };
};

/** No clock is set twice in such a time. */
const blockMs = 6 * 3600 * 1000;

/** Asking for an offset takes longer than everything else that is done with a time: between two that are the same, it is that. */
const sparsely = (offsetAt: (ms: number) => Offset): ((ms: number) => Offset) => {
  const known = new Map<number, Offset>();
  const at = (block: number): Offset => {
    const offset = known.get(block) ?? offsetAt(block * blockMs);
    known.set(block, offset);
    return offset;
  };
  return (ms) => {
    const block = Math.floor(ms / blockMs);
    const before = at(block);
    return before.text === at(block + 1).text ? before : offsetAt(ms);
  };
};

const clockIn = (timeZone: string): ((ms: number) => Clock) => {
  const offsetAt = sparsely(offsetIn(timeZone));
  return (ms) => {
    const offset = offsetAt(ms);
    const local = iso(ms + offset.ms);
    return { day: local.slice(0, 10), hour: local.slice(11, 13), offset: offset.text };
  };
};

/** @throws {RangeError} there is no such time zone. */
export const dayNamer = (timeZone: string): PeriodNamer => namer(timeZone, ({ day }) => day);

/** An hour that comes twice, when clocks are set back, has two names. @throws {RangeError} there is no such time zone. */
export const hourNamer = (timeZone: string): PeriodNamer =>
  namer(timeZone, ({ day, hour, offset }) => `${day}T${hour}:00${offset}`);

/** Formatting takes longer than everything else that is done with a time: each is formatted once. */
const namer = (timeZone: string, nameOf: (clock: Clock) => string): PeriodNamer => {
  const clock = clockIn(timeZone);
  const names = new Map<string, string>();
  return (time) => {
    const known = names.get(time);
    if (known !== undefined) return known;
    const name = nameOf(clock(Date.parse(time)));
    names.set(time, name);
    return name;
  };
};

/** The first moment (milliseconds since 1970) that is on a day (`2026-11-29`), or after it where a place has skipped it. */
export const startOfDay = (day: string, nameOf: PeriodNamer): number => {
  const utc = Date.parse(day);
  for (let ms = utc - maxOffsetMs; ; ms += quarterMs) if (nameOf(iso(ms)) >= day) return ms;
};

/** `2026-11-30` after `2026-11-29`; with a negative number, a day before it. */
export const dayLater = (day: string, days = 1): string => iso(Date.parse(day) + days * dayMs).slice(0, 10);

/** A day in a time zone: from its first moment to that of the next one, both ISO 8601 in UTC. */
export type DayInZone = { readonly day: string; readonly from: string; readonly to: string };

/** The day that it is in a time zone at a time (ISO 8601). @throws {RangeError} there is no such time zone. */
export const dayInZone = (timeZone: string, at: string): DayInZone => {
  const nameOf = dayNamer(timeZone);
  const day = nameOf(at);
  return { day, from: iso(startOfDay(day, nameOf)), to: iso(startOfDay(dayLater(day), nameOf)) };
};

/** Users name their time zones, in any spelling of capitals: not all of them stay in memory. */
const clocks = new LRUCache<string, Intl.DateTimeFormat>({ max: 500 });

/** The minutes since midnight by the clock on the wall of a time zone, at a time in milliseconds. */
export const minuteOfDay = (timeZone: string, atMs: number): number => {
  const clock =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  clocks.set(timeZone, clock);
  const time = clock.format(atMs);
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
};
