import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { keyedQueue, retrying, usualRetry } from '#lib/async';
import type { Log } from '#lib/subscriptions';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { CommandContext } from '../../platform/command-context.js';
import { DueWork, type DueItem } from '../../platform/due-work/due-work.js';
import { Streams } from '../../platform/streams/streams.js';
import { LOG } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { SessionProcess } from '../../platform/processes/session-process.js';
import type { AwaitSchedule, QueueMessage } from '../message.commands.js';
import { messageDecider } from '../message.decider.js';
import { messages } from '../messages.projection.js';

const actor = { kind: 'system', id: 'schedule' } as const;

type Scheduled = Pick<AwaitSchedule['data'], 'chatId' | 'messageId' | 'scheduledAt'>;

/** Queues scheduled messages at their time, those of a chat in order; those that came due while the service was down, at the start. */
@Injectable()
export class Schedule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private readonly byChat = keyedQueue();
  private readonly work: DueWork;

  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
    private readonly views: Views,
    @Inject(LOG) private readonly log: Log,
    private readonly sessionProcess: SessionProcess,
  ) {
    this.work = new DueWork(
      {
        name: 'scheduled-messages',
        find: (until) => this.find(until),
        run: (key) => {
          const { chatId, messageId } = fromKey(key);
          return this.byChat.run(chatId, () => this.queue(messageId));
        },
      },
      log,
    );
  }

  onApplicationBootstrap(): void {
    if (!this.sessionProcess.isHere) return;
    this.work.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.work.stop();
  }

  /** A message is scheduled. */
  note({ chatId, messageId, scheduledAt }: Scheduled): void {
    this.work.note({ key: toKey(chatId, messageId), dueAt: scheduledAt });
  }

  private async *find(until: string): AsyncGenerator<DueItem, void, undefined> {
    await this.views.fresh(messages);
    const due = {
      where: { status: 'scheduled', scheduledAt: { lte: until } },
      sort: { field: 'scheduledAt', order: 'asc' },
    } as const;
    for await (const { id, chatId, scheduledAt } of this.views.scan(messages, due)) {
      if (scheduledAt !== undefined) yield { key: toKey(chatId, id), dueAt: scheduledAt };
    }
  }

  /** Retries here rather than leaving it to `DueWork`: later messages of the chat must not overtake this one. */
  private async queue(messageId: string): Promise<void> {
    await retrying(
      async () => {
        const { last } = await this.streams.state(messageDecider, messageId);
        const context = last ? new CommandContext(last.correlationId, last.id, actor) : CommandContext.new(actor);
        const command: QueueMessage = { type: 'QueueMessage', data: { messageId, at: new Date().toISOString() } };
        await this.commands.execute<QueueMessage>(command, context);
      },
      {
        policy: usualRetry,
        signal: this.stopping.signal,
        again: (error) => {
          this.log.warn({ err: error, messageId }, 'A scheduled message could not be queued yet');
          return true;
        },
      },
    );
  }
}

const toKey = (chatId: string, messageId: string): string => `${chatId} ${messageId}`;

const fromKey = (key: string): { readonly chatId: string; readonly messageId: string } => {
  const [chatId = '', messageId = ''] = key.split(' ');
  return { chatId, messageId };
};
