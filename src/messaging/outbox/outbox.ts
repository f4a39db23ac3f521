import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { pause } from '#lib/async';
import type { Log } from '#lib/subscriptions';
import { DueWork, type DueItem } from '../../platform/due-work/due-work.js';
import { LOG } from '../../platform/tokens.js';
import { CONNECTION_STATUS, type ConnectionStatus } from '../../sessions/connection-status.contract.js';
import { PACING_STATUSES, type PacingStatus, type PacingStatuses } from '../../sessions/pacing-status.contract.js';
import type { Outgoing, Placed } from '../message.commands.js';
import { Contacts } from '../pacing/contacts.js';
import { Pacers } from '../pacing/pacers.js';
import type { SessionPacer } from '../pacing/session-pacer.js';
import { Senders } from '../senders/senders.js';
import { ChangeDelivery, type ChangeEntry } from './change-delivery.js';
import { Delivery } from './delivery.js';
import type { Hold } from './held-chats.js';
import { Holds } from './holds.js';
import type { QueueEntry } from './queue-entry.js';
import { SessionQueue } from './session-queue.js';

/** How long the end of the service waits for the attempts that are being made. */
const lastAttemptsTimeoutMs = 5000;

/** The messages that are to be sent, in memory: a queue for each session. Whether one was sent already, each attempt reads in the log. */
@Injectable()
export class Outbox implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly queues = new Map<string, Paced>();
  /** Releases the chats that wait for a date. */
  private readonly releases: DueWork;
  /** The messages that were enqueued before the older ones were restored. */
  private early: Outgoing[] | undefined = [];
  private isStopped = false;

  constructor(
    private readonly delivery: Delivery,
    private readonly changes: ChangeDelivery,
    private readonly holds: Holds,
    private readonly senders: Senders,
    @Inject(CONNECTION_STATUS) private readonly connections: ConnectionStatus,
    private readonly pacers: Pacers,
    contacts: Contacts,
    @Inject(PACING_STATUSES) statuses: PacingStatuses,
    @Inject(LOG) log: Log,
  ) {
    const run = async (key: string): Promise<void> => this.release(key);
    this.releases = new DueWork({ name: 'held-chats', find: () => this.heldChats(), run }, log);
    connections.onOpen((sessionId) => this.queues.get(sessionId)?.queue.opened());
    contacts.onWrote((sessionId, chatId) => this.queues.get(sessionId)?.queue.release(chatId));
    statuses.from((sessionId) => this.statusOf(sessionId));
  }

  onApplicationBootstrap(): void {
    this.releases.start();
  }

  /** Comes before the connections are closed: messages that were sent are still confirmed, so that they are not sent again. */
  async onModuleDestroy(): Promise<void> {
    this.isStopped = true;
    await this.releases.stop();
    const stopped = Promise.all([...this.queues.values()].map(({ queue }) => queue.stop()));
    await Promise.race([stopped, pause(lastAttemptsTimeoutMs)]);
  }

  /** Puts a message behind the others of its chat; one that is in the outbox already keeps its place. */
  enqueue(message: Outgoing): void {
    if (this.early) this.early.push(message);
    else this.add(message, false);
  }

  /**
   * Puts in what the views show, ahead of what else was enqueued since the start. Nothing is sent before. Some of it may have been queued
   * since then, too: after `headAtStart`.
   */
  restore(shown: readonly Placed[], headAtStart: number): void {
    const newer = this.early ?? [];
    this.early = undefined;
    for (const message of shown) this.add(message, message.position <= headAtStart);
    for (const message of newer) this.add(message, false);
  }

  /** Drops the messages of a session that was deleted. */
  forget(sessionId: string): void {
    void this.queues.get(sessionId)?.queue.stop();
    this.queues.delete(sessionId);
  }

  has(sessionId: string, messageId: string): boolean {
    return this.queues.get(sessionId)?.queue.has(messageId) === true;
  }

  /** How sessions are paced has changed: of one session, or of all. */
  reconsider(sessionId?: string): void {
    const asked = sessionId === undefined ? [...this.queues.values()] : [this.queues.get(sessionId)];
    for (const paced of asked) paced?.queue.reconsider();
  }

  private add({ sessionId, chatId, messageId, changeId }: Outgoing, isRestored: boolean): void {
    if (this.isStopped) return;
    this.queueOf(sessionId).add({ chatId, messageId, changeId }, isRestored);
    this.connections.hasten(sessionId);
  }

  private queueOf(sessionId: string): SessionQueue {
    const known = this.queues.get(sessionId);
    if (known) return known.queue;
    const pacer = this.pacers.newPacer(sessionId);
    const queue = new SessionQueue({
      isOpen: () => this.connections.isOpen(sessionId),
      deliver: (entry) => (isChange(entry) ? this.changes.attempt(entry) : this.delivery.attempt(entry)),
      hold: (holds) => {
        const why = this.senders.reasonToWait(sessionId);
        const isStill = (): boolean => this.senders.reasonToWait(sessionId) === why;
        const offline = (hold: Hold): Hold => ({ ...hold, why, isCurrent: () => hold.isCurrent() && isStill() });
        return this.holds.record(holds.map((hold) => (hold.why === 'session_offline' ? offline(hold) : hold)));
      },
      pace: pacer,
      releaseAt: (chatId, dueAt) => this.releases.note({ key: `${sessionId} ${chatId}`, dueAt }),
    });
    this.queues.set(sessionId, { queue, pacer });
    return queue;
  }

  private release(key: string): void {
    const [sessionId = '', chatId = ''] = key.split(' ');
    this.queues.get(sessionId)?.queue.release(chatId);
  }

  private async *heldChats(): AsyncGenerator<DueItem, void, undefined> {
    for (const [sessionId, { queue }] of this.queues) {
      for (const { chatId, dueAt } of queue.dueChats()) yield { key: `${sessionId} ${chatId}`, dueAt };
    }
  }

  private statusOf(sessionId: string): PacingStatus {
    const { queue, pacer = this.pacers.newPacer(sessionId) } = this.queues.get(sessionId) ?? {};
    const { waiting, until } = queue?.status() ?? { waiting: 0, until: null };
    const held = { waiting, heldUntil: until?.until ?? null, because: until && `${until.because}.` };
    return { ...pacer.status(), ...held };
  }
}

type Paced = { readonly queue: SessionQueue; readonly pacer: SessionPacer };

const isChange = (entry: QueueEntry): entry is ChangeEntry => entry.changeId !== null;
