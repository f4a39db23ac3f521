import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ExpiredSecrets } from '../upkeep/expired-secrets.js';
import { LogVerification } from '../upkeep/log-verification.js';
import { StoreUpkeep } from '../upkeep/store-upkeep.js';
import { UnusedViews } from '../upkeep/unused-views.js';
import { JobHealth } from './job-health.js';
import { JobOwnership } from './job-ownership.js';
import { JobRunner } from './job-runner.js';
import { JobRuns } from './job-runs.js';
import { JobTimers } from './job-timers.js';
import { RunJobEffect } from './run-job.effect.js';

/** Runs the jobs that are declared with `Jobs`. */
@Module({
  imports: [ScheduleModule.forRoot({ cronJobs: false, intervals: false, timeouts: false })],
  providers: [
    JobTimers,
    JobOwnership,
    JobHealth,
    JobRuns,
    JobRunner,
    RunJobEffect,
    ExpiredSecrets,
    LogVerification,
    StoreUpkeep,
    UnusedViews,
  ],
})
export class JobsModule {}
