import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { keyedQueue, Transient } from '#lib/async';
import { idFromParts } from '#lib/ids';
import type { Log } from '#lib/subscriptions';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { Context, CurrentUser, type UserCaller } from '../../platform/http/caller.js';
import { Idempotent, type IdempotentCreation } from '../../platform/http/idempotent-creation.js';
import { Permit } from '../../platform/http/permit.js';
import { problemOf } from '../../platform/http/problem-of.js';
import { validated } from '../../platform/http/validation.js';
import { Answers } from '../../platform/openapi/answers.js';
import { LOG } from '../../platform/tokens.js';
import { Documents } from '../../platform/views/documents.js';
import { DailyQuotaExceeded } from '../daily-quota.js';
import type { DailyAllowance, SendMessage } from '../message.contract.js';
import { messageDocuments } from '../messages.projection.js';
import { BatchAnswer, maxMessages, MessageBatch, type BatchItem } from './batch.schemas.js';
import { QuotaHeaders, setQuotaHeaders } from './quota-headers.js';
import { NewMessage, requestOf } from './send-message.schema.js';

/** A thousand messages, or a file of 8 MB in base64 and what is beside it. */
const limits = { maxBodyBytes: 12 * 1024 * 1024, maxBodyKeys: 50_000 };
/** So many of one batch are being accepted at a time. */
const maxConcurrent = 64;

type Outcome = { readonly item: BatchItem; readonly allowance?: DailyAllowance; readonly error?: unknown };

/** Many messages in one request. */
@ApiTags('Messages')
@Controller('v1/messages/batch')
export class BatchController {
  constructor(
    private readonly commands: CommandBus,
    private readonly documents: Documents,
    @Inject(LOG) private readonly log: Log,
  ) {}

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
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BatchAnswer> {
    void reply.header('location', '/v1/messages'); // where they are listed
    return createOnce<BatchAnswer>({
      make: async (batchId) => {
        const lanes = keyedQueue({ maxConcurrent });
        const outcomes = await Promise.all(
          messages.map((message, index) =>
            lanes.run(recipientOf(message), () => this.accept(context, { batchId, index, userId, message })),
          ),
        );
        return answerOf(outcomes, reply);
      },
      first: (batchId) => this.earlier(batchId, messages.length),
      isBegun: (batchId) => this.isBegun(batchId),
    });
  }

  private async accept(context: CommandContext, { batchId, index, userId, message }: BatchMessage): Promise<Outcome> {
    const id = idOf(batchId, index);
    try {
      const request = requestOf(await validated(NewMessage, message));
      const command: SendMessage = { type: 'SendMessage', data: { ...request, messageId: id, userId } };
      const sent = await this.commands.execute<SendMessage>(command, context);
      return { item: { index, id, status: sent.message.status }, allowance: sent.allowance };
    } catch (error) {
      const { status, code, detail, errors } = problemOf(error);
      if (status === 500) this.log.error({ err: error, messageId: id }, 'A message of a batch could not be accepted');
      const item = { index, error: { status, code, detail, ...(errors && { errors: [...errors] }) } };
      return { item, error, ...(error instanceof DailyQuotaExceeded && { allowance: error.allowance }) };
    }
  }

  /** The answer of a batch of which every message was accepted. */
  private async earlier(batchId: string, count: number): Promise<BatchAnswer | undefined> {
    const data: BatchItem[] = [];
    for (let index = 0; index < count; index += 1) {
      const message = await this.documents.first(messageDocuments, idOf(batchId, index));
      if (!message) return undefined;
      data.push({ index, id: message.id, status: message.status });
    }
    return { data };
  }

  private async isBegun(batchId: string): Promise<boolean> {
    for (let index = 0; index < maxMessages; index += 1) {
      if (await this.documents.first(messageDocuments, idOf(batchId, index))) return true;
    }
    return false;
  }
}

type BatchMessage = {
  readonly batchId: string;
  readonly index: number;
  readonly userId: string;
  readonly message: unknown;
};

const idOf = (batchId: string, index: number): string => idFromParts(['batch', batchId, String(index)]);

/** As it was given: of those that name a person in the same way, the order is kept. */
const recipientOf = (message: unknown): string =>
  typeof message === 'object' && message !== null && 'to' in message ? String(message.to) : '';

/** @throws {Transient} nothing was accepted, and the service is the reason. */
const answerOf = (outcomes: readonly Outcome[], reply: FastifyReply): BatchAnswer => {
  const allowances = outcomes.flatMap(({ allowance }) => allowance ?? []);
  const transient = outcomes.find(({ error }) => error instanceof Transient);
  if (transient && outcomes.every(({ error }) => error !== undefined)) throw transient.error;
  const [least] = allowances.toSorted((one, other) => one.remaining - other.remaining);
  if (least) setQuotaHeaders(reply, least);
  return { data: outcomes.map(({ item }) => item) };
};
