import { Body, Controller, Get, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { DomainError } from '#lib/event-sourcing';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { ById } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { AnswerHeaders, Answers, Refuses, type DocumentedProblem } from '../../platform/openapi/answers.js';
import { refusalOfQuestion, sessionRefusals } from '../../platform/http/session-refusals.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import { Presences } from '../people/presences.js';
import type { ChatView, GetChat } from './chat.contract.js';
import { assertConversation, isConversation } from './chat.rules.js';
import { ChatHistory } from './chat-history.js';
import { channelRefused, chatNotFound, OlderMessages, PeoplePresence, statusRefused } from './chats.schemas.js';

const pictureNotFound: DocumentedProblem = {
  status: 404,
  code: 'picture_not_found',
  detail: 'There is no picture, or it is not shown to this account',
};

const messageNotFound: DocumentedProblem = {
  status: 404,
  code: 'message_not_found',
  detail: 'There is no such message in this chat, or the phone does not have it',
};

const otherAccount: DocumentedProblem = {
  status: 409,
  code: 'account_changed',
  detail: 'The session is linked to another number than the one that has this chat',
};

/** What WhatsApp, or the phone, is asked about a chat. */
@ApiTags('Chats')
@Controller('v1/chats/:id')
export class ChatPeopleController {
  constructor(
    private readonly queries: QueryBus,
    private readonly presences: Presences,
    private readonly olderMessages: ChatHistory,
    @Inject(MESSENGER) private readonly messenger: Messenger,
  ) {}

  @Get('presence')
  @Permit('chats:read')
  @ApiOperation({
    summary: 'Get who is online, typing or recording in a chat',
    description:
      'Asking subscribes to it until the session’s connection ends; WhatsApp answers a moment later, so that the first answer here may be empty. WhatsApp tells it only while the account is online itself (the session’s `presence` is `online`), and only of people who show it. It is not recorded.',
  })
  @Answers(200, 'Those of whom WhatsApp has told', PeoplePresence)
  @Refuses(chatNotFound, sessionRefusals.notConnected, sessionRefusals.slowedDown, sessionRefusals.noAnswer)
  @Refuses(statusRefused, channelRefused)
  async presence(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: chatId }: z.output<typeof ById>,
  ): Promise<z.output<typeof PeoplePresence>> {
    const { sessionId, chat, lid } = await this.find(context, { chatId, userId });
    await this.ask(() => this.messenger.accounts.watchPresence(sessionId, chat));
    const jids = [...new Set([chat, ...(lid === null ? [] : [lid])])];
    return { data: [...(await this.presences.of(sessionId, jids))], next: null };
  }

  @Get('picture')
  @Permit('chats:read')
  @ApiOperation({
    summary: 'Get the picture of the person or group',
    description: 'WhatsApp is asked each time. The status and channels have none here.',
  })
  @ApiResponse({
    status: 200,
    description: 'The picture',
    content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' } } },
  })
  @Refuses(
    chatNotFound,
    pictureNotFound,
    sessionRefusals.notConnected,
    sessionRefusals.slowedDown,
    sessionRefusals.noAnswer,
  )
  async picture(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: chatId }: z.output<typeof ById>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const view = await this.chat(context, { chatId, userId });
    const { sessionId, chat } = view;
    const picture = isConversation(view) && (await this.ask(() => this.messenger.accounts.picture(sessionId, chat)));
    if (!picture) throw new DomainError('not_found', pictureNotFound.code, pictureNotFound.detail);
    void reply.type('image/jpeg');
    return Buffer.from(picture);
  }

  @Post('history')
  @HttpCode(202)
  @Permit('chats:write')
  @ApiOperation({
    summary: 'Ask the phone for older messages',
    description:
      'They come among the messages of the chat, marked as `history`, as soon as the phone answers: not at all where it is offline or has none. They are not unread, no webhook is told of them or of what becomes of them, and their files are fetched when somebody asks for these. Ask again to get still older ones.',
  })
  @Answers(202, 'The phone was asked')
  @AnswerHeaders([202], { Location: { description: 'The messages of the chat.', schema: { type: 'string' } } })
  @Refuses(
    chatNotFound,
    messageNotFound,
    otherAccount,
    sessionRefusals.notConnected,
    sessionRefusals.slowedDown,
    sessionRefusals.noAnswer,
    statusRefused,
    channelRefused,
  )
  async history(
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: chatId }: z.output<typeof ById>,
    @Body({ schema: OlderMessages }) { before, count }: z.output<typeof OlderMessages>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.ask(() => this.olderMessages.ask({ chatId, userId, before, count }));
    void reply.header('location', `/v1/chats/${chatId}/messages`);
  }

  private async ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    try {
      return await question();
    } catch (error) {
      throw refusalOfQuestion(error);
    }
  }

  private async find(context: CommandContext, data: GetChat['data']): Promise<ChatView> {
    const chat = await this.chat(context, data);
    assertConversation(chat);
    return chat;
  }

  private chat(context: CommandContext, data: GetChat['data']): Promise<ChatView> {
    return this.queries.execute<GetChat>({ type: 'GetChat', data }, context);
  }
}
