import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { keyedQueue, retrying, usualRetry } from '#lib/async';
import type { Log } from '#lib/subscriptions';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { CommandContext } from '../../platform/command-context.js';
import { Streams } from '../../platform/streams/streams.js';
import { LOG } from '../../platform/tokens.js';
import type { Attempt } from '../delivery.contract.js';
import type { RecordAttempts } from '../delivery.commands.js';
import { deliveryDecider } from '../delivery.decider.js';
import { maxFailingMs } from '../retry.rules.js';
import type { DisableWebhook } from '../webhook.commands.js';
import { webhookDecider } from '../webhook.decider.js';

export type WebhookOwner = { readonly webhookId: string; readonly userId: string };

type Batch = { readonly attempts: Attempt[]; written: Promise<number> | undefined };

const actor = { kind: 'system', id: 'webhooks' } as const;

/** Records how attempts ended: those that end while a record is being written share the next one. */
@Injectable()
export class Recorder implements BeforeApplicationShutdown {
  private readonly byWebhook = keyedQueue();
  private readonly batches = new Map<string, Batch>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.byWebhook.drain();
  }

  /** Resolves with the position of the record once it is durable; waits while the store is in trouble. */
  record(webhook: WebhookOwner, attempt: Attempt): Promise<number> {
    const { webhookId } = webhook;
    const batch = this.batches.get(webhookId) ?? { attempts: [], written: undefined };
    this.batches.set(webhookId, batch);
    batch.attempts.push(attempt);
    batch.written ??= this.byWebhook.run(webhookId, () => {
      this.batches.delete(webhookId);
      return this.write(webhook, batch.attempts);
    });
    return batch.written;
  }

  /** Writes to the stream of a webhook's deliveries when its turn comes: what this process writes to it meets no conflict of its own making. */
  inTurn<Result>(webhookId: string, write: () => Promise<Result>): Promise<Result> {
    return this.byWebhook.run(webhookId, write);
  }

  /** `since`: when that began for which it is disabled. */
  async disable(
    { webhookId, userId }: WebhookOwner,
    code: 'gone' | 'failing',
    reason: string,
    since: string,
  ): Promise<void> {
    const data = { webhookId, userId, code, reason, since, at: new Date().toISOString() };
    await this.commands.execute<DisableWebhook>({ type: 'DisableWebhook', data }, CommandContext.new(actor));
  }

  private write(webhook: WebhookOwner, attempts: readonly Attempt[]): Promise<number> {
    const record = async (): Promise<number> => {
      const data = { ...webhook, attempts, ...(await this.tried(webhook, attempts)), at: new Date().toISOString() };
      const command: RecordAttempts = { type: 'RecordAttempts', data };
      const { position } = await this.commands.execute<RecordAttempts>(command, CommandContext.new(actor));
      await this.disableWhereItHasFailedForDays(webhook, attempts);
      return position;
    };
    return retrying(record, {
      policy: usualRetry,
      signal: this.stopping.signal,
      again: (error) => {
        this.log.warn({ err: error, ...webhook }, 'Deliveries to a webhook could not be recorded yet');
        return true;
      },
    });
  }

  /** Since when the webhook is tried as it is now, where none has succeeded. */
  private async tried({ webhookId, userId }: WebhookOwner, attempts: readonly Attempt[]) {
    if (attempts.some(isSuccess)) return {};
    const triedSince = (await this.streams.state(webhookDecider, userId)).state.triedSince[webhookId];
    return triedSince === undefined ? {} : { triedSince };
  }

  private async disableWhereItHasFailedForDays(webhook: WebhookOwner, attempts: readonly Attempt[]): Promise<void> {
    const last = attempts.findLast(({ unmade }) => !unmade);
    if (!last || attempts.some(isSuccess)) return;
    const { failingSince } = (await this.streams.state(deliveryDecider, webhook.webhookId)).state;
    if (failingSince === null || Date.parse(last.at) - Date.parse(failingSince) < maxFailingMs) return;
    const why = `No delivery has succeeded since ${failingSince}. The last attempt: ${last.problem}`;
    await this.disable(webhook, 'failing', why, failingSince);
  }
}

const isSuccess = ({ outcome }: Attempt): boolean => outcome === 'succeeded';
