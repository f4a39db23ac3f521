import { applyDecorators, Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Page } from '#lib/read-models';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { ById, Paging } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import { Searches } from '../../platform/views/searches.js';
import { refusalOfQuestion, sessionRefusals } from '../../platform/http/session-refusals.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import { MessagePage, type Message } from '../http/messages.schemas.js';
import { present } from '../http/present.js';
import type { ListMessages } from '../message-view.contract.js';
import type { ChangeChat, ChatAction, ChatView, GetChat, ListChats } from './chat.contract.js';
import { assertConversation } from './chat.rules.js';
import {
  channelRefused,
  Chat,
  ChatFilter,
  chatNotFound,
  ChatPage,
  ChatPresence,
  presentChat,
  statusRefused,
} from './chats.schemas.js';

/** What the routes have in common that change a chat. */
const Changes = (summary: string, description?: string): MethodDecorator =>
  applyDecorators(
    HttpCode(200),
    Permit('chats:write'),
    ApiOperation({ summary, ...(description !== undefined && { description }) }),
    Answers(200, 'The chat as it is now', Chat),
    Refuses(chatNotFound, statusRefused, channelRefused),
  );

@ApiTags('Chats')
@Controller('v1/chats')
export class ChatsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly searches: Searches,
    @Inject(MESSENGER) private readonly messenger: Messenger,
  ) {}

  @Get()
  @Permit('chats:read')
  @ApiOperation({ summary: 'List and search chats, those with the newest messages first' })
  @Answers(200, 'A page of chats', ChatPage)
  async list(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Query({ schema: ChatFilter }) filter: z.output<typeof ChatFilter>,
  ): Promise<Page<Chat>> {
    const query: ListChats = { type: 'ListChats', data: { ...filter, userId } };
    const { data, next } = await this.searches.run(userId, filter.q, () =>
      this.queries.execute<ListChats>(query, context),
    );
    return { data: data.map(presentChat), next };
  }

  @Get(':id')
  @Permit('chats:read')
  @ApiOperation({ summary: 'Get a chat' })
  @Answers(200, 'The chat', Chat)
  @Refuses(chatNotFound)
  async get(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: chatId }: z.output<typeof ById>,
  ): Promise<Chat> {
    return presentChat(await this.find(context, { chatId, userId }));
  }

  @Get(':id/messages')
  @Permit('messages:read')
  @ApiOperation({ summary: 'List the messages of a chat' })
  @Answers(200, 'A page of messages', MessagePage)
  @Refuses(chatNotFound)
  async messages(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: chatId }: z.output<typeof ById>,
    @Query({ schema: Paging }) paging: z.output<typeof Paging>,
  ): Promise<Page<Message>> {
    const { sessionId, chat } = await this.find(context, { chatId, userId });
    const query: ListMessages = { type: 'ListMessages', data: { ...paging, userId, sessionId, chat, chatId } };
    const { data, next } = await this.queries.execute<ListMessages>(query, context);
    return { data: data.map(present), next };
  }

  @Post(':id/read')
  @Changes('Mark all messages of a chat as read', 'Their senders see it as soon as the session is connected.')
  read(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: chatId }: z.output<typeof ById>,
  ): Promise<Chat> {
    return this.change(context, { chatId, userId }, 'read');
  }

  @Post(':id/unread')
  @Changes(
    'Mark a chat as unread',
    'Also on the phone, as soon as the session is connected. Its sender does not hear of it.',
  )
  unread(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: chatId }: z.output<typeof ById>,
  ): Promise<Chat> {
    return this.change(context, { chatId, userId }, 'unread');
  }

  @Post(':id/archive')
  @Changes(
    'Archive a chat',
    'Also on the phone, as soon as the session is connected. Whether it stays archived when messages come is a setting of the phone.',
  )
  archive(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: chatId }: z.output<typeof ById>,
  ): Promise<Chat> {
    return this.change(context, { chatId, userId }, 'archive');
  }

  @Post(':id/unarchive')
  @Changes('Take a chat out of the archive')
  unarchive(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: chatId }: z.output<typeof ById>,
  ): Promise<Chat> {
    return this.change(context, { chatId, userId }, 'unarchive');
  }

  @Put(':id/presence')
  @HttpCode(202)
  @Permit('chats:write')
  @ApiOperation({
    summary: 'Show the people of a chat that you are typing or recording',
    description:
      'It ends by itself: their phones stop showing it after about 25 seconds, and when your message comes. It is not recorded.',
  })
  @Answers(202, 'WhatsApp was told')
  @Refuses(chatNotFound, sessionRefusals.notConnected, sessionRefusals.slowedDown, sessionRefusals.noAnswer)
  @Refuses(statusRefused, channelRefused)
  async presence(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: chatId }: z.output<typeof ById>,
    @Body({ schema: ChatPresence }) { state }: z.output<typeof ChatPresence>,
  ): Promise<void> {
    const { sessionId, chat, kind } = await this.find(context, { chatId, userId });
    assertConversation({ kind });
    try {
      await this.messenger.showActivity(sessionId, chat, state);
    } catch (error) {
      throw refusalOfQuestion(error);
    }
  }

  private async change(context: CommandContext, of: GetChat['data'], action: ChatAction): Promise<Chat> {
    await this.commands.execute<ChangeChat>({ type: 'ChangeChat', data: { ...of, action } }, context);
    return presentChat(await this.find(context, of));
  }

  private find(context: CommandContext, data: GetChat['data']): Promise<ChatView> {
    return this.queries.execute<GetChat>({ type: 'GetChat', data }, context);
  }
}
