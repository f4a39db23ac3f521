import { CronTime } from 'cron';

/** Of every schedule. */
export const scheduleTimeZone = 'UTC';

/** @throws {Error} it is no cron expression. */
export const assertSchedule = (schedule: string): void => void new CronTime(schedule, scheduleTimeZone);

/** The first time of a schedule after a moment, both in milliseconds since 1970. @throws {Error} it is no cron expression. */
export const nextTime = (schedule: string, after: number): number =>
  new CronTime(schedule, scheduleTimeZone).getNextDateFrom(new Date(after), scheduleTimeZone).toMillis();

/** What decides whether a run was missed. Times in milliseconds since 1970. */
export type KnownRuns = {
  /** Since when the job is known, or was resumed: what was due before is not missed. */
  readonly since: number;
  readonly lastStartedAt: number | null;
  /** The last run was cut off. */
  readonly wasCutOff: boolean;
  /** The last run itself made up for a missed one. */
  readonly wasCatchUp: boolean;
};

/**
 * Whether a job is to run soon after a start because it did not while the service was down, or was cut off. One that was cut off while it was
 * making up for that waits for its next time: it may be what ends the service.
 */
export const isMissed = (schedule: string, now: number, known: KnownRuns): boolean => {
  const { since, lastStartedAt, wasCutOff, wasCatchUp } = known;
  if (wasCutOff) return !wasCatchUp;
  return nextTime(schedule, Math.max(since, lastStartedAt ?? 0)) <= now;
};
