import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { ById } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import { Allowance } from './limits.schemas.js';
import { refusals } from './refusals.js';
import { UserAllowances } from './user-allowances.js';

/** Here because messaging counts what is left of the day. */
@ApiTags('Limits')
@Controller('v1')
export class LimitsController {
  constructor(private readonly allowances: UserAllowances) {}

  @Get('limits')
  @Permit('usage:read')
  @ApiOperation({ summary: 'Get your limits' })
  @Answers(200, 'The limits, and what is left of the current minute and day', Allowance)
  get(@Context() context: CommandContext, @CurrentUser() { userId }: UserCaller): Promise<Allowance> {
    return this.allowances.of(context, userId);
  }

  @Get('admin/users/:id/limits')
  @Permit('admin:read')
  @ApiOperation({ summary: 'Get the limits of a user' })
  @Answers(200, 'The limits, and what is left of the current minute and day', Allowance)
  @Refuses(refusals.userNotFound)
  ofUser(
    @Context() context: CommandContext,
    @Param({ schema: ById }) { id }: z.output<typeof ById>,
  ): Promise<Allowance> {
    return this.allowances.of(context, id);
  }
}
