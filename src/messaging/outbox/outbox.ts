import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { pause } from '#lib/async';
import { CONNECTION_STATUS, type ConnectionStatus } from '../../sessions/connection-status.contract.js';
import type { Outgoing } from '../message.commands.js';
import type { Pacing } from '../pacing.contract.js';
import { Senders } from '../senders/senders.js';
import { ChangeDelivery, type ChangeEntry } from './change-delivery.js';
import { Delivery } from './delivery.js';
import { Holds } from './holds.js';
import { Pace, PACING } from './pace.js';
import { SessionQueue, type QueueEntry } from './session-queue.js';

/** How long the end of the service waits for the attempts that are being made. */
const lastAttemptsTimeoutMs = 5000;

/** The messages that are to be sent, in memory: a queue for each session. Whether one was sent already, each attempt reads in the log. */
@Injectable()
export class Outbox implements OnModuleDestroy {
  private readonly queues = new Map<string, SessionQueue>();
  /** The messages that were enqueued before the older ones were restored. */
  private early: Outgoing[] | undefined = [];
  private isStopped = false;

  constructor(
    private readonly delivery: Delivery,
    private readonly changes: ChangeDelivery,
    private readonly holds: Holds,
    private readonly senders: Senders,
    @Inject(CONNECTION_STATUS) private readonly connections: ConnectionStatus,
    @Inject(PACING) private readonly pacing: Pacing | null,
  ) {
    connections.onOpen((sessionId) => this.queues.get(sessionId)?.opened());
  }

  /** Comes before the connections are closed: messages that were sent are still confirmed, so that they are not sent again. */
  async onModuleDestroy(): Promise<void> {
    this.isStopped = true;
    const stopped = Promise.all([...this.queues.values()].map((queue) => queue.stop()));
    await Promise.race([stopped, pause(lastAttemptsTimeoutMs)]);
  }

  /** Puts a message behind the others of its chat; one that is in the outbox already keeps its place. */
  enqueue(message: Outgoing): void {
    if (this.early) this.early.push(message);
    else this.add(message, false);
  }

  /** Puts in the messages that were queued before the start, ahead of those enqueued since. Nothing is sent before. */
  restore(older: readonly Outgoing[]): void {
    const newer = this.early ?? [];
    this.early = undefined;
    for (const message of older) this.add(message, true);
    for (const message of newer) this.add(message, false);
  }

  /** Drops the messages of a session that was deleted. */
  forget(sessionId: string): void {
    void this.queues.get(sessionId)?.stop();
    this.queues.delete(sessionId);
  }

  has(sessionId: string, messageId: string): boolean {
    return this.queues.get(sessionId)?.has(messageId) === true;
  }

  private add({ sessionId, chatId, messageId, changeId }: Outgoing, isRestored: boolean): void {
    if (this.isStopped) return;
    this.queueOf(sessionId).add({ chatId, messageId, changeId }, isRestored);
    this.connections.hasten(sessionId);
  }

  private queueOf(sessionId: string): SessionQueue {
    const known = this.queues.get(sessionId);
    if (known) return known;
    const queue = new SessionQueue({
      isOpen: () => this.connections.isOpen(sessionId),
      deliver: (entry) => (isChange(entry) ? this.changes.attempt(entry) : this.delivery.attempt(entry)),
      hold: (messageIds, why) =>
        this.holds.record(messageIds, why === 'session_offline' ? this.senders.reasonToWait(sessionId) : why),
      pace: new Pace(this.pacing),
    });
    this.queues.set(sessionId, queue);
    return queue;
  }
}

const isChange = (entry: QueueEntry): entry is ChangeEntry => entry.changeId !== null;
