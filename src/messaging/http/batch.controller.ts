import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { Idempotent, type IdempotentCreation } from '../../platform/http/idempotent-creation.js';
import { Permit } from '../../platform/http/permit.js';
import { Answers } from '../../platform/openapi/answers.js';
import { BatchAnswer, maxMessages, MessageBatch } from './batch.schemas.js';
import { MessageBatches } from './message-batches.js';
import { QuotaHeaders, setQuotaHeaders } from './quota-headers.js';

/** A thousand messages, or a file of 8 MB in base64 and what is beside it. */
const limits = { maxBodyBytes: 12 * 1024 * 1024, maxBodyKeys: 50_000 };

/** Many messages in one request. */
@ApiTags('Messages')
@Controller('v1/messages/batch')
export class BatchController {
  constructor(private readonly batches: MessageBatches) {}

  @Post()
  @HttpCode(202)
  @Permit('messages:send', limits)
  @ApiOperation({
    summary: `Send up to ${maxMessages} messages`,
    description:
      'Each is accepted or refused alone: the answer says which. With an `Idempotency-Key`, a request that was interrupted goes on where it ' +
      'stopped when it is repeated, and what was refused is judged again; nothing is accepted twice.',
  })
  @Answers(202, 'Those with an `id` are on disk, and will be sent', BatchAnswer)
  @QuotaHeaders()
  send(
    @Context() context: CommandContext,
    @CurrentUser() { userId }: UserCaller,
    @Body({ schema: MessageBatch }) { messages }: z.output<typeof MessageBatch>,
    @Idempotent() createOnce: IdempotentCreation,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BatchAnswer> {
    void reply.header('location', '/v1/messages'); // where they are listed
    const heldBytes = Number(headers['content-length'] ?? limits.maxBodyBytes);
    return createOnce<BatchAnswer>({
      make: async (batchId) => {
        const { items, allowance } = await this.batches.accept(context, { batchId, userId, messages, heldBytes });
        if (allowance) setQuotaHeaders(reply, allowance);
        return { data: [...items] };
      },
      first: async (batchId) => {
        const items = await this.batches.accepted(batchId, messages.length);
        return items && { data: [...items] };
      },
      isBegun: (batchId) => this.batches.isBegun(batchId),
    });
  }
}
