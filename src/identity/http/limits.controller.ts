import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { Permit } from '../../platform/http/permit.js';
import { RateLimits } from '../../platform/http/rate-limits.js';
import { Answers } from '../../platform/openapi/answers.js';
import type { GetUser } from '../user.contract.js';
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
  @Answers(200, 'The limits, and what is left of the current minute', Allowance)
  async get(
    @Context() context: CommandContext,
    @CurrentUser() caller: UserCaller,
  ): Promise<z.output<typeof Allowance>> {
    const query: GetUser = { type: 'GetUser', data: { userId: caller.userId } };
    const { limits } = await this.queries.execute<GetUser>(query, context);
    return { limits, requests: await this.rates.left(caller) };
  }
}
