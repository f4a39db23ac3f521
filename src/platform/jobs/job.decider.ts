import { decider } from '#lib/event-sourcing';
import type { JobCommand } from './job.commands.js';
import { jobEvents, type JobEvent } from './job.contract.js';

export type JobState = {
  readonly pausedAt: string | null;
  readonly resumedAt: string | null;
  readonly failingSince: string | null;
};

/** What admins decide about a job, and whether it fails. */
export const jobDecider = decider<JobCommand, JobEvent, JobState>({
  events: jobEvents,
  idOf: ({ data }) => data.name,
  initialState: { pausedAt: null, resumedAt: null, failingSince: null },

  decide: {
    RequestJobRun: ({ name, at }) => [{ type: 'JobRunRequested', data: { name, requestedAt: at } }],
    PauseJob: ({ name, at }, { pausedAt }) =>
      pausedAt === null ? [{ type: 'JobPaused', data: { name, pausedAt: at } }] : [],
    ResumeJob: ({ name, at }, { pausedAt }) =>
      pausedAt === null ? [] : [{ type: 'JobResumed', data: { name, resumedAt: at } }],
    RecordJobFailed: ({ name, reason, at }, { failingSince }) =>
      failingSince === null ? [{ type: 'JobFailed', data: { name, reason, failedAt: at } }] : [],
    RecordJobRecovered: ({ name, at }, { failingSince }) =>
      failingSince === null ? [] : [{ type: 'JobRecovered', data: { name, recoveredAt: at } }],
  },

  evolve: {
    JobRunRequested: (state) => state,
    JobPaused: (state, { pausedAt }) => ({ ...state, pausedAt }),
    JobResumed: (state, { resumedAt }) => ({ ...state, pausedAt: null, resumedAt }),
    JobFailed: (state, { failedAt }) => ({ ...state, failingSince: failedAt }),
    JobRecovered: (state) => ({ ...state, failingSince: null }),
  },
});
