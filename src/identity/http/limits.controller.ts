import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { Permit } from '../../platform/http/permit.js';
import { RateLimits } from '../../platform/http/rate-limits.js';
import { Answers } from '../../platform/openapi/answers.js';
import type { GetUser } from '../identity.queries.js';
import type { UserView } from '../users.projection.js';
import { Allowance } from './users.schemas.js';

@ApiTags('Limits')
@Controller('v1/limits')
export class LimitsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly rates: RateLimits,
  ) {}

  @Get()
  @Permit('key:any')
  @ApiOperation({ summary: 'Get your limits' })
  @Answers(200, 'The limits, and what this key has left of its minute', Allowance)
  async get(
    @Context() context: CommandContext,
    @CurrentUser() caller: UserCaller,
  ): Promise<z.output<typeof Allowance>> {
    const query: GetUser = { type: 'GetUser', data: { userId: caller.userId } };
    const { limits } = await this.queries.execute<GetUser, UserView>(query, context);
    return { limits, requests: await this.rates.left(caller) };
  }
}
