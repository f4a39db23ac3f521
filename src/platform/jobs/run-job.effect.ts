import { Injectable } from '@nestjs/common';
import type { Command } from '#lib/event-sourcing';
import type { Effect } from '../context-definition.js';
import type { RunJob } from './job.commands.js';
import { JobRunner } from './job-runner.js';

/** Begins a run and does not wait for its end: other requests are not held up. Once it has begun, that is on record. */
@Injectable()
export class RunJobEffect implements Effect<RunJob> {
  constructor(private readonly runner: JobRunner) {}

  async run({ data: { name, by } }: RunJob): Promise<readonly Command[]> {
    await this.runner.begin(name, by);
    return [];
  }
}
