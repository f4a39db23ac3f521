import { Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import type { Job } from './job.js';
import { assertSchedule } from './schedule.js';

/** The jobs of this service, whoever declares them. */
@Injectable()
export class Jobs {
  private readonly byName = new Map<string, Job>();

  /** To be called in a constructor. @throws {Error} two jobs have that name, or its schedule is no cron expression. */
  add(job: Job): void {
    if (!/^[a-z][a-z-]{0,63}$/.test(job.name)) throw new Error(`A job cannot be called ${job.name}`);
    if (this.byName.has(job.name)) throw new Error(`Two jobs are called ${job.name}`);
    assertSchedule(job.schedule);
    this.byName.set(job.name, job);
  }

  /** By name. */
  all(): readonly Job[] {
    return [...this.byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(name: string): Job | undefined {
    return this.byName.get(name);
  }

  /** @throws {DomainError} `job_not_found` */
  named(name: string): Job {
    const job = this.find(name);
    if (!job) throw new DomainError('not_found', 'job_not_found', `No job is called ${name}`);
    return job;
  }
}
