import { Controller, Get, Header, Headers, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { CommandContext } from '../../platform/command-context.js';
import { Context } from '../../platform/http/caller.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, OtherMediaTypes, Refuses } from '../../platform/openapi/answers.js';
import { UsageReport } from '../usage-report.js';
import { refusals } from './refusals.js';
import { answerUsage } from './usage-answer.js';
import { AdminUsageFilter, Usage } from './usage.schemas.js';

@ApiTags('Usage of all users')
@Controller('v1/admin/usage')
export class AdminUsageController {
  constructor(private readonly usage: UsageReport) {}

  @Get()
  @Permit('admin:read')
  @Header('vary', 'accept')
  @ApiOperation({ summary: 'Get what all users, or one, used: as JSON or CSV, by `Accept`' })
  @Answers(200, 'The figures', Usage)
  @OtherMediaTypes('text/csv')
  @Refuses(refusals.unknownTimeZone, refusals.periodInvalid, refusals.periodTooLong)
  async get(
    @Context() context: CommandContext,
    @Query({ schema: AdminUsageFilter }) filter: z.output<typeof AdminUsageFilter>,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.input<typeof Usage> | string> {
    const at = new Date().toISOString();
    return answerUsage(await this.usage.get({ ...filter, at }, context), filter, accept, reply);
  }
}
