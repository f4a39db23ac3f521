import { z } from 'zod';
import { event, eventTypes, type EventOf } from '#lib/event-sourcing';

const job = { name: z.string() };

/**
 * What was decided about jobs, and when one began to fail and was well again. That a job ran is no event: some run every few minutes, and
 * what their last run did is kept beside the log.
 */
export const jobEvents = eventTypes('job', {
  /** Asked for by hand. */
  JobRunRequested: event(z.object({ ...job, requestedAt: z.iso.datetime() })),
  JobPaused: event(z.object({ ...job, pausedAt: z.iso.datetime() })),
  JobResumed: event(z.object({ ...job, resumedAt: z.iso.datetime() })),
  /** The first failure after a run that succeeded, or after none. */
  JobFailed: event(z.object({ ...job, reason: z.string(), failedAt: z.iso.datetime() })),
  /** The first run that succeeded after one that failed. */
  JobRecovered: event(z.object({ ...job, recoveredAt: z.iso.datetime() })),
});

export type JobEvent = EventOf<typeof jobEvents>;
