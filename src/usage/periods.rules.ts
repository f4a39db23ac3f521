import { DomainError } from '#lib/event-sourcing';

/** Every time zone in use is a multiple of this away from UTC. */
const quarterMs = 15 * 60 * 1000;
const dayMs = 24 * 3600 * 1000;
const defaultDays = 30;
const maxDays = 400;
/** A table of hours is for looking closely. */
const maxDaysByHour = 31;
/** No place on earth is further from UTC. */
const maxOffsetMs = 15 * 3600 * 1000;

const iso = (ms: number): string => new Date(ms).toISOString();
const floor = (ms: number): number => ms - (((ms % quarterMs) + quarterMs) % quarterMs);

/** When the quarter of an hour began in which a time is (both ISO 8601, UTC). */
export const quarterOf = (time: string): string => iso(floor(Date.parse(time)));

/** Names the day or hour of a time (ISO 8601) in a time zone: `2026-11-29`, `2026-11-29T08:00+01:00`. */
export type PeriodNamer = (time: string) => string;

type Clock = { readonly day: string; readonly hour: string; readonly offset: string };

/** @throws {DomainError} `unknown_time_zone` */
const clockIn = (timeZone: string): ((ms: number) => Clock) => {
  const format = formatterOf(timeZone);
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
    const offset = part('timeZoneName').replace('GMT', '');
    return {
      day: `${part('year')}-${part('month')}-${part('day')}`,
      hour: part('hour'),
      offset: offset === '' ? '+00:00' : offset,
    };
  };
};

const formatterOf = (timeZone: string): Intl.DateTimeFormat => {
  try {
    return new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    });
  } catch {
    throw new DomainError('refused', 'unknown_time_zone', `${timeZone} is no time zone of the IANA`);
  }
};

/** @throws {DomainError} `unknown_time_zone` */
export const dayNamer = (timeZone: string): PeriodNamer => namer(timeZone, ({ day }) => day);

/** An hour that comes twice, when clocks are set back, has two names. @throws {DomainError} `unknown_time_zone` */
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

/** The names of all days or hours of a period, in order. */
export const namesIn = ({ from, to }: Period, nameOf: PeriodNamer): readonly string[] => {
  const names = new Set<string>();
  for (let ms = Date.parse(from); ms < Date.parse(to); ms += quarterMs) names.add(nameOf(iso(ms)));
  return [...names];
};

/** ISO 8601, UTC; `to` is excluded. */
export type Period = { readonly from: string; readonly to: string };

/** As in `GetUsage`; `at` is now. */
export type RequestedPeriod = {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly timeZone: string;
  readonly byHour: boolean;
  readonly at: string;
};

/** @throws {DomainError} `unknown_time_zone`, `period_invalid`, `period_too_long` */
export const periodOf = ({ from, to, timeZone, byHour, at }: RequestedPeriod): Period => {
  const nameOf = dayNamer(timeZone);
  const end = to === undefined ? floor(Date.parse(at)) + quarterMs : momentOf(to, nameOf, 1);
  const start =
    from === undefined
      ? startOfDay(daysBefore(iso(end - 1), defaultDays - 1, nameOf), nameOf)
      : momentOf(from, nameOf, 0);
  if (start >= end) throw new DomainError('refused', 'period_invalid', 'The period ends before it begins');
  const days = byHour ? maxDaysByHour : maxDays;
  // A day in which clocks are set back has more than 24 hours.
  if (end - start > (days + 1) * dayMs) {
    throw new DomainError('refused', 'period_too_long', `A period may have up to ${days} days`);
  }
  return { from: iso(start), to: iso(end) };
};

/** A day means its beginning, or that of the day so many days later. */
const momentOf = (value: string, nameOf: PeriodNamer, daysLater: 0 | 1): number => {
  if (value.length > 10) return floor(Date.parse(value));
  const start = startOfDay(value, nameOf);
  return daysLater === 0 ? start : startOfDay(nextDay(value), nameOf);
};

const nextDay = (day: string): string => iso(Date.parse(day) + dayMs).slice(0, 10);

const daysBefore = (time: string, days: number, nameOf: PeriodNamer): string =>
  iso(Date.parse(nameOf(time)) - days * dayMs).slice(0, 10);

/** The first moment that is on a day, or after it where a place has skipped it. */
const startOfDay = (day: string, nameOf: PeriodNamer): number => {
  const utc = Date.parse(day);
  for (let ms = utc - maxOffsetMs; ; ms += quarterMs) if (nameOf(iso(ms)) >= day) return ms;
};
