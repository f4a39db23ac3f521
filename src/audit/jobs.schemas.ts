import { z } from 'zod';

const run = {
  startedAt: '2026-11-23T10:07:00.000Z',
  by: { kind: 'system', id: 'schedule' },
} as const;

const job = {
  name: 'media-files',
  description: 'Cleans the files of users that are too old or too many, and removes what nothing needs.',
  schedule: '7,22,37,52 * * * *',
  timeZone: 'UTC',
  status: 'waiting',
  pausedAt: null,
  failingSince: null,
  running: null,
  lastRun: {
    ...run,
    endedAt: '2026-11-23T10:07:00.200Z',
    milliseconds: 200,
    outcome: 'succeeded',
    result: { old: 3, removed: 2 },
    error: null,
  },
  nextRunAt: '2026-11-23T10:22:00.000Z',
} as const;

const Run = z.object({
  startedAt: z.iso.datetime(),
  by: z
    .object({ kind: z.string(), id: z.string() })
    .describe('The admin who asked for it; or the system: by `schedule`, or by `catch-up` for a run that was missed.'),
});

export const JobAnswer = z
  .object({
    name: z.string(),
    description: z.string(),
    schedule: z.string().describe('When it runs: a cron expression.'),
    timeZone: z.string().describe('Of the schedule.'),
    status: z.enum(['waiting', 'running', 'paused']),
    pausedAt: z.iso.datetime().nullable().describe('Since then it runs only when it is asked to.'),
    failingSince: z.iso.datetime().nullable().describe('The first of the failures since its last success.'),
    running: Run.nullable().describe('The run under way.'),
    lastRun: Run.extend({
      endedAt: z.iso.datetime(),
      milliseconds: z.int().nullable().describe('How long it took; null where the service died meanwhile.'),
      outcome: z
        .enum(['succeeded', 'failed', 'interrupted'])
        .describe('`interrupted`: the service stopped meanwhile; it runs again soon after the start.'),
      result: z
        .record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()]))
        .nullable()
        .describe('What it did, in figures.'),
      error: z.string().nullable().describe('Why it failed.'),
    }).nullable(),
    nextRunAt: z.iso.datetime().nullable().describe('Null while it is paused.'),
  })
  .meta({ id: 'Job', examples: [job] });

export const JobsAnswer = z
  .object({ data: z.array(JobAnswer), next: z.null() })
  .meta({ id: 'Jobs', examples: [{ data: [job], next: null }] });

export const ByJobName = z.strictObject({ name: z.string().regex(/^[a-z][a-z-]{0,63}$/) });
