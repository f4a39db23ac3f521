import { Injectable } from '@nestjs/common';
import type { Command } from '#lib/event-sourcing';
import type { Effect } from '../context-definition.js';
import type { RunJob } from './job.commands.js';
import { JobRunner } from './job-runner.js';

/** Begins a run and does not wait for its end: other requests are not held up. */
@Injectable()
export class RunJobEffect implements Effect<RunJob> {
  constructor(private readonly runner: JobRunner) {}

  run({ data: { name, by } }: RunJob): Promise<readonly Command[]> {
    void this.runner.run(name, by);
    return Promise.resolve([]);
  }
}
