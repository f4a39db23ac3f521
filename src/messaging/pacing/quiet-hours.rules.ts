import { minuteOfDay } from '#lib/time-zones';
import type { QuietHours } from '../../identity/pacing.contract.js';

const minuteMs = 60_000;
const dayMinutes = 24 * 60;
/** Clocks are set by an hour; nowhere by more. */
const maxClockChangeMinutes = 120;

/**
 * When the quiet hours of somebody end who may be in any of these time zones (milliseconds of the wall clock); undefined while there are none.
 * It is quiet while it is in any of the zones. Where that would be always, it is quiet only while it is in all of them.
 */
export const quietUntil = (hours: QuietHours, timeZones: readonly string[], nowMs: number): number | undefined => {
  const zones = zonesFor(hours, timeZones, nowMs);
  const inAny = endOfQuiet(hours, zones, nowMs);
  if (inAny !== 'never') return inAny;
  const ends = zones.map((zone) => endIn(hours, zone, nowMs));
  return ends.every((end) => end !== undefined) ? Math.min(...ends) : undefined;
};

/** A zone that is set stands for whoever's number does not tell one. Zones whose clocks show the same are one. */
const zonesFor = ({ timeZone }: QuietHours, timeZones: readonly string[], nowMs: number): readonly string[] => {
  const byClock = new Map(timeZones.map((zone) => [minuteOfDay(zone, nowMs), zone]));
  return timeZone !== undefined && byClock.size !== 1 ? [timeZone] : [...byClock.values()];
};

const endOfQuiet = (hours: QuietHours, timeZones: readonly string[], nowMs: number): number | undefined | 'never' => {
  const latestMs = nowMs + 2 * dayMinutes * minuteMs;
  for (let atMs = nowMs; atMs <= latestMs;) {
    const ends = timeZones.flatMap((zone) => endIn(hours, zone, atMs) ?? []);
    if (ends.length === 0) return atMs === nowMs ? undefined : atMs;
    atMs = Math.max(...ends);
  }
  return 'never';
};

/** When the quiet hours in one zone end that have begun. */
const endIn = ({ from, to }: QuietHours, timeZone: string, atMs: number): number | undefined => {
  const now = minuteOfDay(timeZone, atMs);
  const [begins, ends] = [minutesOf(from), minutesOf(to)];
  const isQuiet = begins < ends ? now >= begins && now < ends : now >= begins || now < ends;
  if (!isQuiet) return undefined;
  const endMs = (Math.floor(atMs / minuteMs) + afterMidnight(ends - now)) * minuteMs;
  const late = afterMidnight(minuteOfDay(timeZone, endMs) - ends);
  const isPutForward = late > 0 && late <= maxClockChangeMinutes; // the clock is put forward before the end: that comes sooner
  return isPutForward ? Math.max(atMs + 1, endMs - late * minuteMs) : endMs;
};

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const afterMidnight = (minutes: number): number => (minutes + dayMinutes) % dayMinutes;
