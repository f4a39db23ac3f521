import { Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { CommandBus } from '../platform/bus/command-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import { Context } from '../platform/http/caller.js';
import { Permit } from '../platform/http/permit.js';
import type { PauseJob, ResumeJob } from '../platform/jobs/job.commands.js';
import { jobRefusals, JobRequests } from '../platform/jobs/job-requests.js';
import { JobStatuses, type JobStatus } from '../platform/jobs/job-statuses.js';
import { AnswerHeaders, Answers, Refuses } from '../platform/openapi/answers.js';
import { ByJobName, JobAnswer, JobsAnswer } from './jobs.schemas.js';

const { notFound } = jobRefusals;

type Name = z.output<typeof ByJobName>;

/** Housekeeping, as admins see and steer it. */
@ApiTags('Jobs')
@Controller('v1/admin/jobs')
export class JobsController {
  constructor(
    private readonly statuses: JobStatuses,
    private readonly requests: JobRequests,
    private readonly commands: CommandBus,
  ) {}

  @Get()
  @Permit('admin:read')
  @ApiOperation({ summary: 'List the jobs with their last and next runs' })
  @Answers(200, 'All jobs, by name', JobsAnswer)
  async list(): Promise<{ readonly data: readonly JobStatus[]; readonly next: null }> {
    return { data: await this.statuses.all(), next: null };
  }

  @Get(':name')
  @Permit('admin:read')
  @ApiOperation({ summary: 'See a job' })
  @Answers(200, 'The job', JobAnswer)
  @Refuses(notFound)
  get(@Param({ schema: ByJobName }) { name }: Name): Promise<JobStatus> {
    return this.statuses.named(name);
  }

  @Post(':name/run')
  @HttpCode(202)
  @Permit('admin:write')
  @ApiOperation({ summary: 'Run a job now, also one that is paused' })
  @Answers(202, 'It starts at once; the job says how it ends', JobAnswer)
  @AnswerHeaders([202], { Location: { description: 'The job.', schema: { type: 'string' } } })
  @Refuses(notFound, jobRefusals.running, jobRefusals.restoredCopy)
  async run(
    @Context() context: CommandContext,
    @Param({ schema: ByJobName }) { name }: Name,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobStatus> {
    const status = await this.requests.run(name, context);
    void reply.header('Location', `/v1/admin/jobs/${name}`);
    return status;
  }

  @Post(':name/pause')
  @HttpCode(200)
  @Permit('admin:write')
  @ApiOperation({ summary: 'Pause a job: it no longer runs at its times' })
  @Answers(200, 'The job, which stays paused after a restart; a run under way ends by itself', JobAnswer)
  @Refuses(notFound)
  async pause(@Context() context: CommandContext, @Param({ schema: ByJobName }) { name }: Name): Promise<JobStatus> {
    await this.statuses.named(name);
    await this.commands.execute<PauseJob>({ type: 'PauseJob', data: { name, at: now() } }, context);
    return this.statuses.named(name);
  }

  @Post(':name/resume')
  @HttpCode(200)
  @Permit('admin:write')
  @ApiOperation({ summary: 'Let a paused job run at its times again' })
  @Answers(200, 'The job; what it missed while it was paused is not made up for', JobAnswer)
  @Refuses(notFound)
  async resume(@Context() context: CommandContext, @Param({ schema: ByJobName }) { name }: Name): Promise<JobStatus> {
    await this.statuses.named(name);
    await this.commands.execute<ResumeJob>({ type: 'ResumeJob', data: { name, at: now() } }, context);
    return this.statuses.named(name);
  }
}

const now = (): string => new Date().toISOString();
