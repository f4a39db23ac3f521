import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { AnswerOf } from '#lib/event-sourcing';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { Idempotent, type IdempotentCreation } from '../../platform/http/idempotent-creation.js';
import { ById } from '../../platform/http/paging.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import { Documents } from '../../platform/views/documents.js';
import type { ForwardMessage, RetryMessage } from '../message-requests.contract.js';
import type { MessageView } from '../message-view.contract.js';
import { messageDocuments } from '../messages.projection.js';
import { Message } from './messages.schemas.js';
import { present } from './present.js';
import { QuotaHeaders, withQuotaHeaders } from './quota-headers.js';
import { refusals } from './refusals.js';
import { MessageForward } from './send-message.schema.js';

/** New messages that are made of others. */
@ApiTags('Messages')
@Controller('v1/messages')
export class SentAgainController {
  constructor(
    private readonly commands: CommandBus,
    private readonly documents: Documents,
  ) {}

  @Post(':id/retry')
  @HttpCode(202)
  @Permit('messages:send')
  @ApiOperation({
    summary: 'Send a message that has failed anew',
    description:
      'The answer is a new message. Where the reason of the failure says that the first one may have arrived, its recipient may get both.',
  })
  @Answers(202, 'Accepted: the new message is on disk, and will be sent', Message)
  @QuotaHeaders()
  @Refuses(refusals.messageNotFound, refusals.sessionNotFound, refusals.notFailed, refusals.invalidRecipient)
  @Refuses(refusals.sessionNotLinked, refusals.replyToNotFound, refusals.replyToNotSent, refusals.quotaExceeded)
  @Refuses(refusals.replyToRevoked)
  @Refuses(refusals.minuteExceeded, refusals.recipientsExceeded, refusals.quotaReserved, refusals.expired)
  retry(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: of }: z.output<typeof ById>,
    @Idempotent() createOnce: IdempotentCreation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Message> {
    return this.create(createOnce, reply, (messageId) => {
      const command: RetryMessage = { type: 'RetryMessage', data: { messageId, userId, of } };
      return this.commands.execute<RetryMessage>(command, context);
    });
  }

  @Post(':id/forward')
  @HttpCode(202)
  @Permit('messages:send')
  @ApiOperation({
    summary: 'Forward a message',
    description:
      'The answer is a new message with what the first one says now. Its recipient sees that it is forwarded. A received file that is still `pending` is fetched from WhatsApp first; what is to be viewed once is not forwarded.',
  })
  @Answers(202, 'Accepted: the new message is on disk, and will be sent', Message)
  @QuotaHeaders()
  @Refuses(refusals.messageNotFound, refusals.sessionNotFound, refusals.notForwardable, refusals.revoked)
  @Refuses(refusals.invalidRecipient, refusals.sessionNotLinked, refusals.quotaExceeded)
  @Refuses(refusals.minuteExceeded, refusals.recipientsExceeded, refusals.quotaReserved, refusals.expired)
  @Refuses(refusals.mediaNotFound, refusals.mediaUnavailable, refusals.mediaTypeRefused, refusals.mediaTooLarge)
  @Refuses(refusals.recipientsRequired, refusals.recipientsNeedStatus, refusals.notForStatus, refusals.notForChannel)
  forward(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Param({ schema: ById }) { id: of }: z.output<typeof ById>,
    @Body({ schema: MessageForward }) forward: z.output<typeof MessageForward>,
    @Idempotent() createOnce: IdempotentCreation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Message> {
    return this.create(createOnce, reply, (messageId) => {
      const command: ForwardMessage = { type: 'ForwardMessage', data: { ...forward, messageId, userId, of } };
      return this.commands.execute<ForwardMessage>(command, context);
    });
  }

  private async create(
    createOnce: IdempotentCreation,
    reply: FastifyReply,
    accept: (messageId: string) => Promise<AnswerOf<RetryMessage>>,
  ): Promise<Message> {
    const view = await createOnce<MessageView>({
      make: async (messageId) => (await withQuotaHeaders(reply, accept(messageId))).message,
      first: (messageId) => this.documents.first(messageDocuments, messageId),
    });
    void reply.header('location', `/v1/messages/${view.id}`);
    return present(view);
  }
}
