import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { keyedQueue } from '#lib/async';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { CommandContext } from '../../platform/command-context.js';
import { Streams } from '../../platform/streams/streams.js';
import type { MessageOwner } from '../message-owner.contract.js';
import { receiptEvents, type RecipientReceipt } from './receipts.contract.js';
import type { RecordReceipts } from './receipts.decider.js';
import { isNews, type Progress } from './receipts.rules.js';

/** People whose receipts are known in memory, of all messages together: those of others are read in the log when the next one comes. */
const maxKnownPeople = 100_000;
/** 200 of them are 20 kB. */
const maxReceiptsInEvent = 200;
/** For each event that there is, receipts of a message are gathered a little longer: up to 5 seconds. */
const gatherMsPerEvent = 50;
const maxGatherMs = 5_000;

/** What is recorded of a message. */
type Known = { readonly progress: Map<string, RecipientReceipt['status']>; events: number };
/** By whom it is needed at the moment. While anybody does, it is the only one of its message. */
type InUse = { readonly known: Promise<Known>; users: number };
type Batch = { readonly receipts: RecipientReceipt[]; readonly recorded: Promise<void> };

/**
 * Records the receipts of messages that many get: those of a message that come within a short time are one event. WhatsApp is told that it has
 * delivered a receipt once that is recorded.
 */
@Injectable()
export class ReceiptBatches implements OnModuleDestroy {
  private readonly inUse = new Map<string, InUse>();
  private readonly unused = new LRUCache<string, Known>({
    maxSize: maxKnownPeople,
    sizeCalculation: ({ progress }) => progress.size + 1,
  });
  /** By message: what is recorded next. */
  private readonly gathering = new Map<string, Batch>();
  /** By message, one after the other: each is to know what the one before has recorded. */
  private readonly writes = keyedQueue();
  private readonly stopping = new AbortController();

  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
  ) {
    setMaxListeners(0, this.stopping.signal); // every batch listens
  }

  /** From now on, nothing is gathered any more. */
  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** Resolves once it is recorded, or where it says nothing new. @throws {StoreUnavailable} */
  async add(owner: MessageOwner, receipt: RecipientReceipt): Promise<void> {
    const { messageId } = owner;
    await this.use(messageId, async (known) => {
      if (!isNews(known.progress, receipt)) return;
      const batch = this.gathering.get(messageId) ?? this.begin(owner, known);
      batch.receipts.push(receipt);
      await batch.recorded;
    });
  }

  private begin(owner: MessageOwner, known: Known): Batch {
    const gatherMs = Math.min(known.events * gatherMsPerEvent, maxGatherMs);
    const receipts: RecipientReceipt[] = [];
    const gather = async (): Promise<void> => {
      await delay(gatherMs, undefined, { signal: this.stopping.signal }).catch(() => undefined); // it stops: at once, then
      await this.writes.run(owner.messageId, () => {
        this.gathering.delete(owner.messageId);
        return this.record(owner, known, receipts);
      });
    };
    const batch = { receipts, recorded: gather() };
    this.gathering.set(owner.messageId, batch);
    return batch;
  }

  private async record(owner: MessageOwner, known: Known, arrived: readonly RecipientReceipt[]): Promise<void> {
    const news = newsAmong(arrived, known.progress);
    for (let first = 0; first < news.length; first += maxReceiptsInEvent) {
      const receipts = news.slice(first, first + maxReceiptsInEvent);
      const data = { ...owner, receipts, at: new Date().toISOString() };
      const command: RecordReceipts = { type: 'RecordReceipts', data };
      await this.commands.execute(command, CommandContext.new({ kind: 'system', id: 'whatsapp' }));
      for (const { jid, status } of receipts) known.progress.set(jid, status);
      known.events += 1;
    }
  }

  /** What is known stays the same object until `task` is over: whatever is recorded meanwhile is in it. */
  private async use(messageId: string, task: (known: Known) => Promise<void>): Promise<void> {
    const inUse = this.inUse.get(messageId) ?? { known: this.take(messageId), users: 0 };
    this.inUse.set(messageId, inUse);
    inUse.users += 1;
    let known: Known | undefined;
    try {
      known = await inUse.known;
      await task(known);
    } finally {
      inUse.users -= 1;
      if (inUse.users === 0) {
        this.inUse.delete(messageId);
        if (known) this.unused.set(messageId, known);
      }
    }
  }

  private async take(messageId: string): Promise<Known> {
    const known = this.unused.get(messageId);
    this.unused.delete(messageId);
    return known ?? this.read(messageId);
  }

  private async read(messageId: string): Promise<Known> {
    const events = await this.streams.events(receiptEvents, messageId);
    const progress = new Map<string, RecipientReceipt['status']>();
    for (const receipt of newsAmong(
      events.flatMap(({ data }) => data.receipts),
      progress,
    )) {
      progress.set(receipt.jid, receipt.status);
    }
    return { progress, events: events.length };
  }
}

/** Of several with one status of one person, the first one. */
const newsAmong = (receipts: readonly RecipientReceipt[], progress: Progress): readonly RecipientReceipt[] => {
  const after = new Map(progress);
  return receipts.filter((receipt) => {
    if (!isNews(after, receipt)) return false;
    after.set(receipt.jid, receipt.status);
    return true;
  });
};
