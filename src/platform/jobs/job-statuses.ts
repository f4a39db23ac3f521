import { Injectable } from '@nestjs/common';
import { Streams } from '../streams/streams.js';
import { jobDecider } from './job.decider.js';
import type { Job } from './job.js';
import { Jobs } from './jobs.js';
import { RunRecords, type EndedRun, type RunRecord } from './run-records.js';
import { nextTime, scheduleTimeZone } from './schedule.js';

/** A job as admins see it. */
export type JobStatus = Pick<Job, 'name' | 'description' | 'schedule'> & {
  readonly timeZone: string;
  /** `paused`: it is not run at its times. While it runs, `running`. */
  readonly status: 'waiting' | 'running' | 'paused';
  readonly pausedAt: string | null;
  readonly failingSince: string | null;
  readonly running: RunRecord['running'];
  readonly lastRun: EndedRun | null;
  readonly nextRunAt: string | null;
};

/** How the jobs do. Whichever process is asked, it answers the same. */
@Injectable()
export class JobStatuses {
  constructor(
    private readonly jobs: Jobs,
    private readonly records: RunRecords,
    private readonly streams: Streams,
  ) {}

  /** @throws {Transient} */
  all(): Promise<readonly JobStatus[]> {
    return Promise.all(this.jobs.all().map((job) => this.of(job)));
  }

  /** @throws {DomainError} `job_not_found` @throws {Transient} */
  async named(name: string): Promise<JobStatus> {
    return this.of(this.jobs.named(name));
  }

  private async of({ name, description, schedule }: Job): Promise<JobStatus> {
    const [record, { state }] = await Promise.all([this.records.get(name), this.streams.state(jobDecider, name)]);
    const { pausedAt, failingSince } = state;
    const running = record?.running ?? null;
    const waiting = pausedAt === null ? 'waiting' : 'paused';
    return {
      name,
      description,
      schedule,
      timeZone: scheduleTimeZone,
      status: running ? 'running' : waiting,
      pausedAt,
      failingSince,
      running,
      lastRun: record?.last ?? null,
      nextRunAt: pausedAt === null ? new Date(nextTime(schedule, Date.now())).toISOString() : null,
    };
  }
}
