import { Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import { CommandBus } from '../bus/command-bus.js';
import type { CommandContext } from '../command-context.js';
import { Restoration } from '../restoration/restoration.js';
import type { RequestJobRun } from './job.commands.js';
import { JobStatuses, type JobStatus } from './job-statuses.js';

/** Why a run is refused. */
export const jobRefusals = {
  notFound: { status: 404, code: 'job_not_found', detail: 'No job is called that' },
  running: { status: 409, code: 'job_running', detail: 'The job is running' },
  restoredCopy: {
    status: 409,
    code: 'restored_copy',
    detail: 'This is a restored copy: it runs no jobs until an admin lets it go on',
  },
} as const;

/** Runs that admins ask for. They take place in the process with the sessions, whichever one is asked. */
@Injectable()
export class JobRequests {
  constructor(
    private readonly statuses: JobStatuses,
    private readonly commands: CommandBus,
    private readonly restoration: Restoration,
  ) {}

  /**
   * Resolves once the request is on record, and so will be met. Of several that come at the same moment, those that find the job running by
   * then are met by that run. @throws {DomainError} `job_not_found`, `job_running`, `restored_copy` @throws {Transient}
   */
  async run(name: string, context: CommandContext): Promise<JobStatus> {
    const { running } = await this.statuses.named(name);
    if (running !== null) refuse(jobRefusals.running);
    if (this.restoration.isHeld) refuse(jobRefusals.restoredCopy);
    const data = { name, at: new Date().toISOString() };
    await this.commands.execute<RequestJobRun>({ type: 'RequestJobRun', data }, context);
    return this.statuses.named(name);
  }
}

const refuse = ({ code, detail }: { readonly code: string; readonly detail: string }): never => {
  throw new DomainError('conflict', code, detail);
};
