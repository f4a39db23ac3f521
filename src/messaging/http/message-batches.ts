import { Inject, Injectable } from '@nestjs/common';
import { keyedQueue, Transient } from '#lib/async';
import { idFromParts } from '#lib/ids';
import type { Log } from '#lib/subscriptions';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import { problemOf } from '../../platform/http/problem-of.js';
import { validated } from '../../platform/http/validation.js';
import { LOG } from '../../platform/tokens.js';
import { Documents } from '../../platform/views/documents.js';
import { DailyQuotaExceeded } from '../quota/quotas.js';
import type { DailyAllowance, SendMessage } from '../message.contract.js';
import { messageDocuments } from '../messages.projection.js';
import { maxMessages, type BatchItem } from './batch.schemas.js';
import { NewMessage, requestOf } from './send-message.schema.js';

/** So many of one batch are being accepted at a time. */
const maxConcurrent = 64;

/** Whose messages, under which id, and what was given: each is checked alone. `heldBytes`: they stay in memory together until all are judged. */
export type NewBatch = {
  readonly batchId: string;
  readonly userId: string;
  readonly messages: readonly unknown[];
  readonly heldBytes: number;
};

/** What became of each message, in their order. `allowance`: what is left of the day; undefined where none was counted. */
export type AcceptedBatch = { readonly items: readonly BatchItem[]; readonly allowance?: DailyAllowance };

type Outcome = { readonly item: BatchItem; readonly allowance?: DailyAllowance; readonly error?: unknown };

/** Accepts many messages, each under an id that follows from that of the batch: what was interrupted can be repeated. */
@Injectable()
export class MessageBatches {
  constructor(
    private readonly commands: CommandBus,
    private readonly documents: Documents,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** @throws {Transient} nothing was accepted, and the service is the reason. */
  async accept(context: CommandContext, { batchId, messages, ...batch }: NewBatch): Promise<AcceptedBatch> {
    const lanes = keyedQueue({ maxConcurrent });
    const outcomes = await Promise.all(
      messages.map((message, index) =>
        lanes.run(recipientOf(message), () =>
          this.acceptOne(context, { ...batch, index, id: idOf(batchId, index), message }),
        ),
      ),
    );
    const transient = outcomes.find(({ error }) => error instanceof Transient);
    if (transient && outcomes.every(({ error }) => error !== undefined)) throw transient.error;
    const allowances = outcomes.flatMap(({ allowance }) => allowance ?? []);
    const [allowance] = allowances.toSorted((one, other) => one.remaining - other.remaining);
    return { items: outcomes.map(({ item }) => item), ...(allowance && { allowance }) };
  }

  /** What was answered when every one of so many messages was accepted; undefined where that never was so. */
  async accepted(batchId: string, count: number): Promise<readonly BatchItem[] | undefined> {
    const items: BatchItem[] = [];
    for (let index = 0; index < count; index += 1) {
      const message = await this.documents.first(messageDocuments, idOf(batchId, index));
      if (!message) return undefined;
      items.push({ index, id: message.id, status: message.status });
    }
    return items;
  }

  /** Whether any message of a batch was accepted, whatever their number. */
  async isBegun(batchId: string): Promise<boolean> {
    for (let index = 0; index < maxMessages; index += 1) {
      if (await this.documents.first(messageDocuments, idOf(batchId, index))) return true;
    }
    return false;
  }

  private async acceptOne(context: CommandContext, { index, id, message, ...batch }: OneOfBatch): Promise<Outcome> {
    try {
      const request = requestOf(validated(NewMessage, message));
      const command: SendMessage = { type: 'SendMessage', data: { ...request, ...batch, messageId: id } };
      const sent = await this.commands.execute<SendMessage>(command, context);
      return { item: { index, id, status: sent.message.status }, allowance: sent.allowance };
    } catch (error) {
      const { status, code, detail, errors } = problemOf(error);
      if (status === 500) this.log.error({ err: error, messageId: id }, 'A message of a batch could not be accepted');
      const item = { index, error: { status, code, detail, ...(errors && { errors: [...errors] }) } };
      return { item, error, ...(error instanceof DailyQuotaExceeded && { allowance: error.allowance }) };
    }
  }
}

type OneOfBatch = Pick<NewBatch, 'userId' | 'heldBytes'> & {
  readonly index: number;
  readonly id: string;
  readonly message: unknown;
};

const idOf = (batchId: string, index: number): string => idFromParts(['batch', batchId, String(index)]);

/** As it was given: of those that name a person in the same way, the order is kept. It was not checked yet, and may be anything. */
const recipientOf = (message: unknown): string =>
  typeof message === 'object' && message !== null && 'to' in message && typeof message.to === 'string'
    ? message.to
    : '';
