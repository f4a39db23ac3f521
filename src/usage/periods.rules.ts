import { DomainError } from '#lib/event-sourcing';
import {
  dayLater,
  dayNamer as namerOfDays,
  hourNamer as namerOfHours,
  isTimeZone,
  quarterMs,
  startOfDay,
  startOfQuarter,
  type PeriodNamer,
} from '#lib/time-zones';

const dayMs = 24 * 3600 * 1000;
const defaultDays = 30;
const maxDays = 400;
/** A table of hours is for looking closely. */
const maxDaysByHour = 31;

const iso = (ms: number): string => new Date(ms).toISOString();

/** When the quarter of an hour began in which a time is (both ISO 8601, UTC). */
export const quarterOf = (time: string): string => iso(startOfQuarter(Date.parse(time)));

/** @throws {DomainError} `unknown_time_zone` */
export const dayNamer = (timeZone: string): PeriodNamer => namerOfDays(known(timeZone));

/** An hour that comes twice, when clocks are set back, has two names. @throws {DomainError} `unknown_time_zone` */
export const hourNamer = (timeZone: string): PeriodNamer => namerOfHours(known(timeZone));

const known = (timeZone: string): string => {
  if (isTimeZone(timeZone)) return timeZone;
  throw new DomainError('refused', 'unknown_time_zone', `${timeZone} is no time zone of the IANA`);
};

/** The names of all days or hours of a period, in order. */
export const namesIn = ({ from, to }: Period, nameOf: PeriodNamer): readonly string[] => {
  const names = new Set<string>();
  for (let ms = Date.parse(from); ms < Date.parse(to); ms += quarterMs) names.add(nameOf(iso(ms)));
  return [...names];
};

/** The days or hours of a period with their times (milliseconds since 1970), in order. A name may come twice. */
export const spansIn = (
  { from, to }: Period,
  nameOf: PeriodNamer,
): readonly { readonly name: string; readonly from: number; readonly to: number }[] => {
  const spans: { name: string; from: number; to: number }[] = [];
  for (let ms = Date.parse(from); ms < Date.parse(to); ms += quarterMs) {
    const name = nameOf(iso(ms));
    const last = spans.at(-1);
    if (last?.name === name) last.to = ms + quarterMs;
    else spans.push({ name, from: ms, to: ms + quarterMs });
  }
  return spans;
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
  const end = to === undefined ? startOfQuarter(Date.parse(at)) + quarterMs : momentOf(to, nameOf, 1);
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
  if (value.length > 10) return startOfQuarter(Date.parse(value));
  const start = startOfDay(value, nameOf);
  return daysLater === 0 ? start : startOfDay(dayLater(value), nameOf);
};

const daysBefore = (time: string, days: number, nameOf: PeriodNamer): string => dayLater(nameOf(time), -days);
