import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Page } from '#lib/read-models';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentAdmin, type AdminCaller } from '../../platform/http/caller.js';
import { ById } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import { Streams } from '../../platform/streams/streams.js';
import { Searches } from '../../platform/views/searches.js';
import { messageEvents, type CancelMessage } from '../message.contract.js';
import type { GetMessage, ListMessages, MessageView } from '../message-view.contract.js';
import { ShownReceipts } from '../receipts/shown-receipts.js';
import { timelineOf } from '../timeline.js';
import { AdminMessage, AdminMessageFilter, AdminMessagePage, AdminMessageWithTimeline } from './messages.schemas.js';
import { present, queryOf } from './present.js';
import { refusals } from './refusals.js';

type ShownMessage = z.output<typeof AdminMessage>;

@ApiTags('Messages of all users')
@Controller('v1/admin/messages')
export class AdminMessagesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly streams: Streams,
    private readonly searches: Searches,
    private readonly receipts: ShownReceipts,
  ) {}

  @Get()
  @Permit('admin:read')
  @ApiOperation({ summary: 'List and search the messages of all users' })
  @Answers(200, 'A page of messages', AdminMessagePage)
  async list(
    @Context() context: CommandContext,
    @CurrentAdmin() { adminId }: AdminCaller,
    @Query({ schema: AdminMessageFilter }) filter: z.output<typeof AdminMessageFilter>,
  ): Promise<Page<ShownMessage>> {
    const query: ListMessages = { type: 'ListMessages', data: queryOf(filter) };
    const list = () => this.queries.execute<ListMessages>(query, context);
    const { data, next } = await this.searches.run(adminId, filter.q, list);
    return { data: data.map(presentToAdmin), next };
  }

  @Get(':id')
  @Permit('admin:read')
  @ApiOperation({ summary: 'Get a message of any user, with what happened to it' })
  @Answers(200, 'The message', AdminMessageWithTimeline)
  @Refuses(refusals.messageNotFound)
  async get(
    @Context() context: CommandContext,
    @Param({ schema: ById }) { id: messageId }: z.output<typeof ById>,
  ): Promise<z.output<typeof AdminMessageWithTimeline>> {
    const view = await this.find(context, messageId);
    const events = await this.streams.events(messageEvents, messageId);
    const receipts = await this.receipts.of(view, context);
    return {
      ...presentToAdmin(view),
      timeline: [...timelineOf(events, view.expiredAt)],
      ...(receipts && { receipts }),
    };
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Permit('admin:write')
  @ApiOperation({ summary: 'Cancel a message of any user that has not been sent' })
  @Answers(200, 'The message as it is now', AdminMessage)
  @Refuses(refusals.messageNotFound, refusals.notCancelable)
  async cancel(
    @Context() context: CommandContext,
    @Param({ schema: ById }) { id: messageId }: z.output<typeof ById>,
  ): Promise<ShownMessage> {
    await this.commands.execute<CancelMessage>({ type: 'CancelMessage', data: { messageId } }, context);
    return presentToAdmin(await this.find(context, messageId));
  }

  private find(context: CommandContext, messageId: string): Promise<MessageView> {
    return this.queries.execute<GetMessage>({ type: 'GetMessage', data: { messageId } }, context);
  }
}

const presentToAdmin = (view: MessageView): ShownMessage => ({ userId: view.userId, ...present(view) });
