import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { CurrentAdmin, type AdminCaller } from '../../platform/http/caller.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, OtherMediaTypes, Refuses } from '../../platform/openapi/answers.js';
import { EventStreams } from './event-streams.js';
import { AllEventsFilter } from './events.schemas.js';
import { refusals } from './refusals.js';

@ApiTags('Record')
@Controller('v1/admin/events/stream')
export class AllEventsController {
  constructor(private readonly streams: EventStreams) {}

  @Get()
  @Permit('admin:read')
  @ApiOperation({
    summary: 'Follow the events of all users live (Server-Sent Events)',
    description: 'Like `GET /v1/events`. It ends with the access token.',
  })
  @Answers(200, 'The stream')
  @OtherMediaTypes('text/event-stream')
  @Refuses(refusals.sessionNotFound, refusals.cursorAhead, refusals.cursorUnknown)
  follow(
    @CurrentAdmin() caller: AdminCaller,
    @Query({ schema: AllEventsFilter }) { userId, ...asked }: z.output<typeof AllEventsFilter>,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const reader = { caller, permission: 'admin:read', userId: userId ?? null } as const;
    return this.streams.open(reader, asked, lastEventId, request, reply);
  }
}
