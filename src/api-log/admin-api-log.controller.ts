import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { RequestPage } from '#lib/request-log';
import { CurrentAdmin, type AdminCaller } from '../platform/http/caller.js';
import { Permit } from '../platform/http/permit.js';
import { Answers, Refuses } from '../platform/openapi/answers.js';
import { RequestLog } from '../platform/request-log/request-log.js';
import { Searches } from '../platform/views/searches.js';
import { AdminApiLogFilter, AnsweredRequests } from './api-log.schemas.js';
import { searchOf, timedOut } from './search.js';

@ApiTags('Requests of all users')
@Controller('v1/admin/api-log')
export class AdminApiLogController {
  constructor(
    private readonly requests: RequestLog,
    private readonly searches: Searches,
  ) {}

  @Get()
  @Permit('admin:read')
  @ApiOperation({
    summary: 'List and search the requests that were answered',
    description:
      'A search that finds little ends after a part of the log: the page then has fewer requests than asked for, also none, and `next` goes on. Requests for `/health` and `/metrics` are not in it.',
  })
  @Answers(200, 'A page of requests', AnsweredRequests)
  @Refuses(timedOut)
  list(
    @CurrentAdmin() { adminId }: AdminCaller,
    @Query({ schema: AdminApiLogFilter }) filter: z.output<typeof AdminApiLogFilter>,
  ): Promise<RequestPage> {
    return this.searches.run(adminId, 'requests', () => this.requests.find(searchOf(filter)));
  }
}
