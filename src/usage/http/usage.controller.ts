import { Controller, Get, Header, Headers, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, OtherMediaTypes, Refuses } from '../../platform/openapi/answers.js';
import { UsageReport } from '../usage-report.js';
import { refusals } from './refusals.js';
import { answerUsage } from './usage-answer.js';
import { Usage, UsageFilter } from './usage.schemas.js';

@ApiTags('Usage')
@Controller('v1/usage')
export class UsageController {
  constructor(private readonly usage: UsageReport) {}

  @Get()
  @Permit('usage:read')
  @Header('vary', 'accept')
  @ApiOperation({ summary: 'Get what you used: as JSON or CSV, by `Accept`' })
  @Answers(200, 'The figures', Usage)
  @OtherMediaTypes('text/csv')
  @Refuses(refusals.unknownTimeZone, refusals.periodInvalid, refusals.periodTooLong)
  async get(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Query({ schema: UsageFilter }) filter: z.output<typeof UsageFilter>,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.input<typeof Usage> | string> {
    const at = new Date().toISOString();
    return answerUsage(await this.usage.get({ ...filter, userId, at }, context), filter, accept, reply);
  }
}
