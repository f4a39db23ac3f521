import { Controller, Get, Headers, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { CALLERS, type Callers, type Ticket } from '../../identity/callers.contract.js';
import { CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, OtherMediaTypes, Refuses } from '../../platform/openapi/answers.js';
import { EventStreams } from './event-streams.js';
import { EventsFilter, EventTicket } from './events.schemas.js';
import { refusals } from './refusals.js';

@ApiTags('Events')
@Controller('v1/events')
export class EventsController {
  constructor(
    private readonly streams: EventStreams,
    @Inject(CALLERS) private readonly callers: Callers,
  ) {}

  @Get()
  @Permit('events:read', { takesTicket: true })
  @ApiOperation({
    summary: 'Follow your events live (Server-Sent Events)',
    description:
      'Each event is a `data` line with the same JSON that webhooks get; its `id` is where you go on: send the last one as `Last-Event-ID`, as browsers do by themselves, or as `after`. Without one, you get what happens from now on. The event `end` says why the stream ends.',
  })
  @Answers(200, 'The stream')
  @OtherMediaTypes('text/event-stream')
  @Refuses(refusals.sessionNotFound, refusals.cursorAhead, refusals.cursorUnknown)
  follow(
    @CurrentUser() caller: UserCaller,
    @Query({ schema: EventsFilter }) { ticket: _ticket, ...asked }: EventsFilter,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const reader = { caller, permission: 'events:read', userId: caller.userId } as const;
    return this.streams.open(reader, asked, lastEventId, request, reply);
  }

  @Post('ticket')
  @HttpCode(201)
  @Permit('events:read')
  @ApiOperation({
    summary: 'Get a ticket for clients that can set no header, such as browsers',
    description: 'It is good for one connection, within 30 seconds.',
  })
  @Answers(201, 'The ticket', EventTicket)
  issueTicket(@CurrentUser() caller: UserCaller): Promise<z.output<typeof EventTicket> & Ticket> {
    return this.callers.issueTicket(caller);
  }
}
