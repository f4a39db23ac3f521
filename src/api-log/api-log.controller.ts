import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentUser, type UserCaller } from '../platform/http/caller.js';
import { Permit } from '../platform/http/permit.js';
import { Answers, Refuses } from '../platform/openapi/answers.js';
import { RequestLog } from '../platform/request-log/request-log.js';
import { Searches } from '../platform/views/searches.js';
import { ApiLogFilter, OwnRequests } from './api-log.schemas.js';
import { searchOf, timedOut } from './search.js';

@ApiTags('Requests')
@Controller('v1/api-log')
export class ApiLogController {
  constructor(
    private readonly requests: RequestLog,
    private readonly searches: Searches,
  ) {}

  @Get()
  @Permit('usage:read')
  @ApiOperation({
    summary: 'List and search your requests',
    description:
      'Those with a valid key of yours, also where they were refused. A search that finds little ends after a part of the log: the page then has fewer requests than asked for, also none, and `next` goes on.',
  })
  @Answers(200, 'A page of requests', OwnRequests)
  @Refuses(timedOut)
  async list(
    @CurrentUser() { userId }: UserCaller,
    @Query({ schema: ApiLogFilter }) filter: z.output<typeof ApiLogFilter>,
  ): Promise<z.input<typeof OwnRequests>> {
    const search = searchOf({ ...filter, userId });
    const { data, next } = await this.searches.run(userId, 'requests', () => this.requests.find(search));
    return { data: data.map(({ userId: _user, adminId: _admin, ...request }) => request), next };
  }
}
