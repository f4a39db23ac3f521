import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { Page } from '#lib/read-models';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { Idempotent, type IdempotentCreation } from '../../platform/http/idempotent-creation.js';
import { ById } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import type { Allowance } from '../daily-quota.js';
import { MessageStreams } from '../message-streams.js';
import { Messages } from '../messages.js';
import type { Unplaced } from '../messages.projection.js';
import type { ListMessages } from '../messages.queries.js';
import { timelineOf } from '../timeline.js';
import { Message, MessageFilter, MessagePage, MessageWithTimeline } from './messages.schemas.js';
import { present, queryOf } from './present.js';
import { refusals } from './refusals.js';
import { NewMessage, requestOf } from './send-message.schema.js';

@ApiTags('Messages')
@Controller('v1/messages')
export class MessagesController {
  constructor(
    private readonly messages: Messages,
    private readonly streams: MessageStreams,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @HttpCode(202)
  @Permit('messages:send')
  @ApiOperation({ summary: 'Send a message, now or later' })
  @Answers(202, 'Accepted: it is on disk, and will be sent', Message)
  @Refuses(refusals.sessionNotFound, refusals.invalidRecipient, refusals.sessionNotLinked, refusals.sessionRequired)
  @Refuses(refusals.replyToNotFound, refusals.scheduledInThePast, refusals.quotaExceeded)
  async send(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Body({ schema: NewMessage }) body: NewMessage,
    @Idempotent() createOnce: IdempotentCreation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Message> {
    const tell = (allowance: Allowance): void => void reply.headers(quotaHeaders(allowance));
    const view = await createOnce<Unplaced>({
      make: (id) => this.messages.send(context, { userId, tell }, id, requestOf(body)),
      find: (id) => this.messages.get(context, userId, id),
    });
    void reply.header('location', `/v1/messages/${view.id}`);
    return present(view);
  }

  @Get()
  @Permit('messages:read')
  @ApiOperation({ summary: 'List and search messages' })
  @Answers(200, 'A page of messages', MessagePage)
  async list(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Query({ schema: MessageFilter }) filter: z.output<typeof MessageFilter>,
  ): Promise<Page<Message>> {
    const query: ListMessages = { type: 'ListMessages', data: { ...queryOf(filter), userId } };
    const { data, next } = await this.queries.execute<ListMessages>(query, context);
    return { data: data.map(present), next };
  }

  @Get(':id')
  @Permit('messages:read')
  @ApiOperation({ summary: 'Get a message, with what happened to it' })
  @Answers(200, 'The message', MessageWithTimeline)
  @Refuses(refusals.messageNotFound)
  async get(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: z.output<typeof ById>,
  ): Promise<z.output<typeof MessageWithTimeline>> {
    const view = await this.messages.get(context, userId, id);
    const { events } = await this.streams.read(id);
    return { ...present(view), timeline: [...timelineOf(events)] };
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Permit('messages:send')
  @ApiOperation({ summary: 'Cancel a message that has not left' })
  @Answers(200, 'The message as it is now', Message)
  @Refuses(refusals.messageNotFound, refusals.notCancelable)
  async cancel(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id }: z.output<typeof ById>,
  ): Promise<Message> {
    await this.messages.cancel(context, userId, id);
    return present(await this.messages.get(context, userId, id));
  }
}

const quotaHeaders = ({ limit, remaining, resetAfter }: Allowance) => ({
  'x-quota-limit': String(limit),
  'x-quota-remaining': String(remaining),
  'x-quota-reset': String(resetAfter),
});
