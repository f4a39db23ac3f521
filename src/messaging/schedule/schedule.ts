import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import type { Stores } from '../../platform/stores.js';
import { Subscriptions } from '../../platform/subscriptions.js';
import { LOG, STORES } from '../../platform/tokens.js';
import { messages } from '../messages.projection.js';
import { Recorder } from '../recorder.js';

/** Timers that are longer are set again: Node knows none beyond 24 days, and the machine may sleep meanwhile. */
const longestTimer = 60_000;
const pageSize = 100;
const patience = 10_000;
const pauseAfterTrouble = 1000;

/** Queues scheduled messages when their time has come. Keeps only the next time in memory: the messages are found in the view. */
@Injectable()
export class Schedule implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  /** Milliseconds since 1970. */
  private next = Infinity;
  private working: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly recorder: Recorder,
    private readonly subscriptions: Subscriptions,
    @Inject(STORES) private readonly stores: Stores,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** What came due while the service was down is queued now. */
  onApplicationBootstrap(): void {
    this.await(new Date());
  }

  async onModuleDestroy(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.working;
  }

  /** A message is scheduled for that time. */
  await(time: Date): void {
    if (this.isStopped || time.getTime() >= this.next) return;
    this.next = time.getTime();
    this.arm();
  }

  private arm(): void {
    clearTimeout(this.timer);
    if (this.isStopped || this.next === Infinity) return;
    const wait = Math.max(0, this.next - Date.now());
    this.timer = setTimeout(() => this.look(), Math.min(wait, longestTimer));
  }

  private look(): void {
    if (this.next > Date.now()) return this.arm();
    this.next = Infinity;
    this.working = this.working.then(() => this.queueDue());
  }

  private async queueDue(): Promise<void> {
    try {
      await this.subscriptions.named(messages.name).reached(await this.stores.events.head(), patience);
      while (!this.isStopped && (await this.queueSome()));
      await this.findNext();
    } catch (error) {
      this.log.error({ err: error }, 'Scheduled messages could not be looked for');
      this.await(new Date(Date.now() + pauseAfterTrouble));
    }
  }

  /** Queues a page of messages that are due, in the order of their times. False where there was none. */
  private async queueSome(): Promise<boolean> {
    const at = new Date().toISOString();
    const where = { status: 'scheduled', scheduledAt: { lte: at } } as const;
    const { data } = await this.stores.models.find(messages, {
      where,
      sort: { field: 'scheduledAt', order: 'asc' },
      limit: pageSize,
    });
    for (const { id: messageId } of data) {
      await this.recorder.record({ type: 'QueueMessage', data: { messageId, at } });
    }
    if (data.length === 0) return false;
    return this.subscriptions.named(messages.name).reached(await this.stores.events.head(), patience);
  }

  private async findNext(): Promise<void> {
    const { data } = await this.stores.models.find(messages, {
      where: { status: 'scheduled', scheduledAt: { gte: '' } },
      sort: { field: 'scheduledAt', order: 'asc' },
      limit: 1,
    });
    const [first] = data;
    if (first?.scheduledAt) this.await(new Date(first.scheduledAt));
  }
}
