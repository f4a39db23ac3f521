import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { Page } from '#lib/read-models';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { Idempotent, type IdempotentCreation } from '../../platform/http/idempotent-creation.js';
import { ById } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import { Streams } from '../../platform/streams/streams.js';
import { Documents } from '../../platform/views/documents.js';
import { Searches } from '../../platform/views/searches.js';
import type { GetMessage, ListMessages, MessageView } from '../message-view.contract.js';
import { messageEvents, type CancelMessage, type SendMessage } from '../message.contract.js';
import { messageDocuments } from '../messages.projection.js';
import { ShownReceipts } from '../receipts/shown-receipts.js';
import { timelineOf } from '../timeline.js';
import { Message, MessageFilter, MessagePage, MessageWithTimeline } from './messages.schemas.js';
import { present, queryOf } from './present.js';
import { QuotaHeaders, withQuotaHeaders } from './quota-headers.js';
import { refusals } from './refusals.js';
import { NewMessage, requestOf } from './send-message.schema.js';

/** A file of 8 MB in base64, and what is beside it. */
const maxBodyBytes = 12 * 1024 * 1024;

@ApiTags('Messages')
@Controller('v1/messages')
export class MessagesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly streams: Streams,
    private readonly documents: Documents,
    private readonly searches: Searches,
    private readonly receipts: ShownReceipts,
  ) {}

  @Post()
  @HttpCode(202)
  @Permit('messages:send', { maxBodyBytes })
  @ApiOperation({ summary: 'Send a message, now or later' })
  @Answers(202, 'Accepted: it is on disk, and will be sent', Message)
  @QuotaHeaders()
  @Refuses(refusals.sessionNotFound, refusals.invalidRecipient, refusals.sessionNotLinked, refusals.sessionRequired)
  @Refuses(refusals.replyToNotFound, refusals.replyToNotSent, refusals.replyToRevoked, refusals.replyToReaction)
  @Refuses(refusals.scheduledInThePast)
  @Refuses(refusals.scheduledTooFarAhead, refusals.mediaNotFound, refusals.mediaTypeRefused, refusals.mediaTooLarge)
  @Refuses(refusals.mediaFetchFailed, refusals.urlNotAllowed, refusals.converterMissing, refusals.conversionTimedOut)
  @Refuses(refusals.mediaUnavailable, refusals.mentionAllNeedsGroup, refusals.quotaExceeded, refusals.notForStatus)
  @Refuses(refusals.recipientsNeedStatus, refusals.styleNeedsStatus, refusals.notForChannel)
  @Refuses(refusals.minuteExceeded, refusals.recipientsExceeded, refusals.recipientsRequired, refusals.quotaReserved)
  async send(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Body({ schema: NewMessage }) body: NewMessage,
    @Idempotent() createOnce: IdempotentCreation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Message> {
    const view = await createOnce<MessageView>({
      make: async (messageId) => {
        const command: SendMessage = { type: 'SendMessage', data: { ...requestOf(body), messageId, userId } };
        return (await withQuotaHeaders(reply, this.commands.execute<SendMessage>(command, context))).message;
      },
      first: (messageId) => this.documents.first(messageDocuments, messageId),
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
    const list = () => this.queries.execute<ListMessages>(query, context);
    const { data, next } = await this.searches.run(userId, filter.q, list);
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
    @Param({ schema: ById }) { id: messageId }: z.output<typeof ById>,
  ): Promise<z.output<typeof MessageWithTimeline>> {
    const view = await this.find(context, { messageId, userId });
    const events = await this.streams.events(messageEvents, messageId);
    const receipts = await this.receipts.of(view, context);
    return { ...present(view), timeline: [...timelineOf(events, view.expiredAt)], ...(receipts && { receipts }) };
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Permit('messages:send')
  @ApiOperation({ summary: 'Cancel a message that certainly has not been sent' })
  @Answers(200, 'The message as it is now', Message)
  @Refuses(refusals.messageNotFound, refusals.notCancelable)
  async cancel(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: messageId }: z.output<typeof ById>,
  ): Promise<Message> {
    const command: CancelMessage = { type: 'CancelMessage', data: { messageId, userId } };
    await this.commands.execute<CancelMessage>(command, context);
    return present(await this.find(context, { messageId, userId }));
  }

  private find(context: CommandContext, data: GetMessage['data']): Promise<MessageView> {
    return this.queries.execute<GetMessage>({ type: 'GetMessage', data }, context);
  }
}
