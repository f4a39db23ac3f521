import { saga } from '#lib/event-sourcing';
import type { RunJob } from './job.commands.js';
import { jobEvents, type JobEvent } from './job.contract.js';

/** A run that an admin asks for takes place where the jobs run, whichever process was asked. */
export const jobsSaga = saga<JobEvent, RunJob>({
  name: 'jobs',
  startFrom: 'now',
  from: [jobEvents],
  on: {
    JobRunRequested: ({ data: { name }, metadata: { actor } }) => [{ type: 'RunJob', data: { name, by: actor } }],
  },
});
