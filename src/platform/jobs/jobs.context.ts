import { defineContext } from '../context-definition.js';
import { jobDecider } from './job.decider.js';
import { jobsSaga } from './jobs.saga.js';
import { RunJobEffect } from './run-job.effect.js';

/** Housekeeping. Its module is `JobsModule`. */
export const jobsContext = defineContext({
  name: 'jobs',
  deciders: [jobDecider],
  sagas: [jobsSaga],
  effects: { RunJob: RunJobEffect },
});
