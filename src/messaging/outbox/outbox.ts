import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '#lib/subscriptions';
import type { Stores } from '../../platform/stores.js';
import { Subscriptions } from '../../platform/subscriptions.js';
import { LOG, STORES } from '../../platform/tokens.js';
import { CONNECTION_STATUS, type ConnectionStatus } from '../../sessions/connection-status.contract.js';
import type { HoldReason } from '../message.contract.js';
import { messages } from '../messages.projection.js';
import type { Pacing } from '../pacing.contract.js';
import { Recorder } from '../recorder.js';
import { waits } from './attempt.rules.js';
import { Attempts } from './attempts.js';
import { Delivery } from './delivery.js';
import { Pace, PACING } from './pace.js';
import { SessionQueue, type Entry, type Verdict } from './session-queue.js';

type Queued = { readonly sessionId: string; readonly chatId: string; readonly messageId: string };

const pageSize = 1000;
const patience = 1000;
const pauseAfterTrouble = 1000;
const heldAtOnce = 50;
/**
 * After so many, a rest that is so many times as long as they took: what thousands wait for may be said a little later, new messages may
 * not be kept waiting.
 */
const restAfterHolds = 9;
/** How long the end of the service waits for what is under way, in milliseconds. */
const lastAnswers = 5000;

/**
 * What is to leave, of all sessions, in memory. It is filled from the view at the start and by the saga from then on; a message that comes
 * in both ways is in it once. What has left already is found out before each attempt, from the log.
 */
@Injectable()
export class Outbox implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly queues = new Map<string, SessionQueue>();
  /** What came in before the older ones were loaded. */
  private early: Queued[] | undefined = [];
  private restoring: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    private readonly delivery: Delivery,
    private readonly attempts: Attempts,
    private readonly recorder: Recorder,
    private readonly subscriptions: Subscriptions,
    @Inject(CONNECTION_STATUS) private readonly connections: ConnectionStatus,
    @Inject(STORES) private readonly stores: Stores,
    @Inject(LOG) private readonly log: Log,
    @Inject(PACING) private readonly pacing: Pacing | null,
  ) {
    connections.onOpen((sessionId) => this.queues.get(sessionId)?.go());
  }

  /** The service may take messages meanwhile: they wait for the older ones. */
  onApplicationBootstrap(): void {
    this.restoring = this.restore();
  }

  /** Before the connections are ended: what was sent is still answered, so that it is not sent again after the next start. */
  async onModuleDestroy(): Promise<void> {
    this.isStopped = true;
    const ended = Promise.all([...this.queues.values()].map((queue) => queue.stop()));
    await Promise.race([ended, delay(lastAnswers, undefined, { ref: false })]);
    await this.restoring;
  }

  /** Puts a message behind the others of its chat; one that is in already stays where it is. */
  enqueue(queued: Queued): void {
    if (this.early) this.early.push(queued);
    else this.queueOf(queued.sessionId).add(queued.messageId, queued.chatId);
  }

  /** Drops what is in for a session that is gone. */
  forget(sessionId: string): void {
    void this.queues.get(sessionId)?.stop();
    this.queues.delete(sessionId);
  }

  has(sessionId: string, messageId: string): boolean {
    return this.queues.get(sessionId)?.entry(messageId) !== undefined;
  }

  /**
   * Does a task while the message is surely not sent.
   * @throws {DomainError} `message_not_cancelable`: it is on its way, or may be.
   */
  withhold(sessionId: string, messageId: string, task: () => Promise<void>): Promise<void> {
    const mayHaveLeft = (): boolean => this.queues.get(sessionId)?.entry(messageId)?.mayHaveLeft ?? false;
    return this.attempts.withhold(messageId, mayHaveLeft, task);
  }

  private queueOf(sessionId: string): SessionQueue {
    const known = this.queues.get(sessionId);
    if (known) return known;
    const queue = new SessionQueue({
      isOpen: () => this.connections.isOpen(sessionId),
      deliver: (entry) => this.deliver(entry),
      hold: (entries, why) => this.hold(entries, why),
      pace: new Pace(this.pacing),
    });
    this.queues.set(sessionId, queue);
    return queue;
  }

  private deliver(entry: Entry): Promise<Verdict> {
    return this.attempts.attempt(entry.messageId, () => this.delivery.attempt(entry));
  }

  private async hold(entries: readonly Entry[], why: HoldReason): Promise<void> {
    const detail = waits[why];
    const at = new Date().toISOString();
    for (let first = 0; first < entries.length && !this.isStopped; first += heldAtOnce) {
      const begun = performance.now();
      const some = entries.slice(first, first + heldAtOnce);
      const commands = some.map(({ messageId }) => ({ messageId, why, detail, at }));
      await Promise.all(commands.map((data) => this.recorder.record({ type: 'HoldMessage', data })));
      const rest = restAfterHolds * (performance.now() - begun);
      if (first + heldAtOnce < entries.length) await delay(rest, undefined, { ref: false });
    }
  }

  private async restore(): Promise<void> {
    while (!this.isStopped) {
      try {
        const older = await this.load();
        const early = this.early ?? [];
        this.early = undefined;
        for (const queued of [...older, ...early]) this.enqueue(queued);
        return;
      } catch (error) {
        this.log.error({ err: error }, 'The messages that are to leave could not be loaded');
        await delay(pauseAfterTrouble);
      }
    }
  }

  /** What is queued, in the order in which it was: once the view shows all that was in the log. */
  private async load(): Promise<readonly Queued[]> {
    const head = await this.stores.events.head();
    while (!(await this.subscriptions.named(messages.name).reached(head, patience))) {
      if (this.isStopped) return [];
    }
    const found: Queued[] = [];
    const find = {
      where: { status: 'queued' },
      sort: { field: 'queuedPosition', order: 'asc' },
      limit: pageSize,
    } as const;
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await this.stores.models.find(messages, { ...find, ...(cursor !== undefined && { cursor }) });
      for (const { sessionId, chatId, id } of page.data) found.push({ sessionId, chatId, messageId: id });
      cursor = page.next;
    }
    return found;
  }
}
