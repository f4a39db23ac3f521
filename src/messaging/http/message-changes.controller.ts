import { Body, Controller, Delete, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { ById } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Located, Refuses } from '../../platform/openapi/answers.js';
import { kinds } from '../content/kinds.js';
import type { EditMessage, MarkMessage, RevokeMessage } from '../message-requests.contract.js';
import type { GetMessage } from '../message-view.contract.js';
import { MessageEdit } from './message-changes.schemas.js';
import { Message } from './messages.schemas.js';
import { present } from './present.js';
import { refusals } from './refusals.js';

/** What is done to messages that were sent. */
@ApiTags('Messages')
@Controller('v1/messages')
export class MessageChangesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Patch(':id')
  @HttpCode(202)
  @Permit('messages:send')
  @ApiOperation({
    summary: 'Edit a text that was sent, for everyone',
    description:
      'WhatsApp takes edits within 15 minutes after the message was sent. The edit waits while the session is offline; `timeline` and `editedAt` tell once it is made.',
  })
  @Located()
  @Answers(202, 'Accepted: the edit is on disk, and will be sent. The message as it is now', Message)
  @Refuses(refusals.messageNotFound, refusals.sessionNotFound, refusals.notOwn, refusals.notSent, refusals.notEditable)
  @Refuses(
    refusals.revoked,
    refusals.tooLate,
    refusals.accountChanged,
    refusals.sessionNotLinked,
    refusals.notForStatus,
  )
  @Refuses(refusals.styleNeedsStatus, refusals.mentionAllNeedsGroup, refusals.notForChannel)
  async edit(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: messageId }: z.output<typeof ById>,
    @Body({ schema: MessageEdit }) { text }: z.output<typeof MessageEdit>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Message> {
    const content = kinds.text.sent.contentOf(text);
    const command: EditMessage = { type: 'EditMessage', data: { messageId, userId, content } };
    await this.commands.execute<EditMessage>(command, context);
    return this.answer(context, { messageId, userId }, reply);
  }

  @Delete(':id')
  @HttpCode(202)
  @Permit('messages:send')
  @ApiOperation({
    summary: 'Delete a message that was sent, for everyone',
    description:
      'WhatsApp takes this within 60 hours after the message was sent. It waits while the session is offline; `timeline` and `revokedAt` tell once it is done. A message that is not sent yet is canceled instead.',
  })
  @Located()
  @Answers(202, 'Accepted: it is on disk, and will be done. The message as it is now', Message)
  @Refuses(refusals.messageNotFound, refusals.sessionNotFound, refusals.notOwn, refusals.notSent, refusals.tooLate)
  @Refuses(refusals.accountChanged, refusals.sessionNotLinked, refusals.notForChannel)
  async revoke(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: messageId }: z.output<typeof ById>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Message> {
    await this.commands.execute<RevokeMessage>({ type: 'RevokeMessage', data: { messageId, userId } }, context);
    return this.answer(context, { messageId, userId }, reply);
  }

  @Post(':id/read')
  @HttpCode(200)
  @Permit('chats:write')
  @ApiOperation({
    summary: 'Mark a received message as read',
    description: 'Its sender sees it as soon as the session is connected, unless the account hides what was read.',
  })
  @Answers(200, 'The message as it is now', Message)
  @Refuses(refusals.messageNotFound, refusals.notReceived)
  read(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: messageId }: z.output<typeof ById>,
  ): Promise<Message> {
    return this.mark(context, { messageId, userId, as: 'read' });
  }

  @Post(':id/played')
  @HttpCode(200)
  @Permit('chats:write')
  @ApiOperation({
    summary: 'Mark a received message as played, and so as read',
    description: 'Its sender sees it as soon as the session is connected.',
  })
  @Answers(200, 'The message as it is now', Message)
  @Refuses(refusals.messageNotFound, refusals.notReceived)
  played(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: messageId }: z.output<typeof ById>,
  ): Promise<Message> {
    return this.mark(context, { messageId, userId, as: 'played' });
  }

  private async mark(context: CommandContext, data: MarkMessage['data']): Promise<Message> {
    await this.commands.execute<MarkMessage>({ type: 'MarkMessage', data }, context);
    return this.find(context, data);
  }

  private async answer(
    context: CommandContext,
    data: { readonly messageId: string; readonly userId: string },
    reply: FastifyReply,
  ): Promise<Message> {
    void reply.header('location', `/v1/messages/${data.messageId}`);
    return this.find(context, data);
  }

  private async find(
    context: CommandContext,
    { messageId, userId }: { readonly messageId: string; readonly userId: string },
  ): Promise<Message> {
    const query: GetMessage = { type: 'GetMessage', data: { messageId, userId } };
    return present(await this.queries.execute<GetMessage>(query, context));
  }
}
