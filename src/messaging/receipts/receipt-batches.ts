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

/** Messages whose receipts are known in memory: of others, they are read in the log when the next one comes. */
const maxKnown = 100;
/** 200 of them are 20 kB. */
const maxReceiptsInEvent = 200;
/** For each event that there is, receipts of a message are gathered a little longer: up to 5 seconds. */
const gatherMsPerEvent = 50;
const maxGatherMs = 5_000;

type Known = { readonly progress: Map<string, RecipientReceipt['status']>; events: number };
type Batch = { readonly receipts: RecipientReceipt[]; readonly recorded: Promise<void> };

/**
 * Records the receipts of messages that many get: those of a message that come within a short time are one event. WhatsApp is told that it has
 * delivered a receipt once that is recorded.
 */
@Injectable()
export class ReceiptBatches implements OnModuleDestroy {
  private readonly known = new LRUCache<string, Promise<Known>>({ max: maxKnown });
  /** By message: what is recorded next. */
  private readonly gathering = new Map<string, Batch>();
  /** By message, one after the other: each is to know what the one before has recorded. */
  private readonly writes = keyedQueue();
  private readonly stopping = new AbortController();

  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
  ) {}

  /** From now on, nothing is gathered any more. */
  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** Resolves once it is recorded, or where it says nothing new. @throws {StoreUnavailable} */
  async add(owner: MessageOwner, receipt: RecipientReceipt): Promise<void> {
    const { messageId } = owner;
    const { progress, events } = await this.knownOf(messageId);
    if (!isNews(progress, receipt)) return;
    const batch = this.gathering.get(messageId) ?? this.begin(owner, Math.min(events * gatherMsPerEvent, maxGatherMs));
    batch.receipts.push(receipt);
    await batch.recorded;
  }

  private begin(owner: MessageOwner, gatherMs: number): Batch {
    const receipts: RecipientReceipt[] = [];
    const gather = async (): Promise<void> => {
      await delay(gatherMs, undefined, { signal: this.stopping.signal }).catch(() => undefined); // it stops: at once, then
      await this.writes.run(owner.messageId, () => {
        this.gathering.delete(owner.messageId);
        return this.record(owner, receipts);
      });
    };
    const batch = { receipts, recorded: gather() };
    this.gathering.set(owner.messageId, batch);
    return batch;
  }

  private async record(owner: MessageOwner, arrived: readonly RecipientReceipt[]): Promise<void> {
    const known = await this.knownOf(owner.messageId);
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

  private knownOf(messageId: string): Promise<Known> {
    const known = this.known.get(messageId) ?? this.read(messageId);
    this.known.set(messageId, known);
    known.catch(() => this.known.delete(messageId));
    return known;
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
