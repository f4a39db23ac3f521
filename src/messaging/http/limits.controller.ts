import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { GetUser } from '../../identity/user.contract.js';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { Permit } from '../../platform/http/permit.js';
import { RateLimits } from '../../platform/http/rate-limits.js';
import { Answers } from '../../platform/openapi/answers.js';
import { DailyQuota } from '../quota/daily-quota.js';
import { Allowance } from './limits.schemas.js';

/** Here because messaging counts what is left of the day. */
@ApiTags('Limits')
@Controller('v1/limits')
export class LimitsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly rates: RateLimits,
    private readonly quota: DailyQuota,
  ) {}

  @Get()
  @Permit('key:any')
  @ApiOperation({ summary: 'Get your limits' })
  @Answers(200, 'The limits, and what is left of the current minute and day', Allowance)
  async get(
    @Context() context: CommandContext,
    @CurrentUser() caller: UserCaller,
  ): Promise<z.output<typeof Allowance>> {
    const { userId } = caller;
    const { limits } = await this.queries.execute<GetUser>({ type: 'GetUser', data: { userId } }, context);
    const at = new Date().toISOString();
    const [requests, messages] = await Promise.all([this.rates.left(caller), this.quota.allowance({ userId, at })]);
    return { limits, requests, messages };
  }
}
