import { pause, retryWaitMs, usualRetry } from '#lib/async';
import { newId } from '#lib/ids';
import { quarterMs, startOfQuarter } from '#lib/time-zones';
import { RequestLogUnavailable } from './errors.js';
import type { LoggedRequest, RequestCount, RequestLogStore } from './port.js';

/** How long a request waits for others to be written with it, at the most. */
const batchIntervalMs = 1000;
const maxBatch = 1000;
/** Beyond this, the oldest that wait are dropped: some ten megabytes. */
const defaultMaxWaiting = 20_000;
/** How long a reader waits for what was recorded before. */
const settleTimeoutMs = 500;
/** The same for the end of the process. */
const lastWriteTimeoutMs = 2000;

type WriterLog = {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
};

export type RequestLogWriterOptions = {
  /** Called when something is to be written or read for the first time, and again after it failed. */
  readonly open: () => Promise<RequestLogStore>;
  readonly log: WriterLog;
  /** False: requests are counted, and not kept. */
  readonly keeps: boolean;
  readonly maxWaiting?: number;
};

/** Waits until so many requests, of all that were recorded, are written. */
type Reader = { readonly upTo: number; readonly done: AbortController };

/** How the log does: requests that wait to be written, those that were dropped since the start, and why they could not be written. */
export type RequestLogState = { readonly waiting: number; readonly dropped: number; readonly trouble: string | null };

/**
 * Writes requests in batches, off the path of their answers: recording one never waits and never fails. While the store is in trouble they
 * wait in memory, as many as there is room for; their counts all do.
 */
export class RequestLogWriter {
  private waiting: LoggedRequest[] = [];
  private readonly counts = new Map<string, RequestCount>();
  private readonly uncounted = new Set<string>();
  private store: Promise<RequestLogStore> | undefined;
  private writing: Promise<void> | undefined;
  /** Since the start. */
  private recorded = 0;
  private readonly readers = new Set<Reader>();
  private readonly ending = new AbortController();
  private wake = new AbortController();
  private isClosed = false;
  private dropped = 0;
  private droppedBefore = 0;
  private trouble: string | null = null;

  constructor(private readonly options: RequestLogWriterOptions) {}

  record(request: LoggedRequest): void {
    if (this.isClosed) return;
    this.recorded += 1;
    if (request.userId !== null) this.count(request.userId, request.at);
    if (this.options.keeps) this.waiting.push(request);
    this.dropOldest();
    if (this.waiting.length >= maxBatch) this.wake.abort();
    if (this.hasMore()) this.writing ??= this.writeAll();
  }

  state(): RequestLogState {
    return { waiting: this.waiting.length, dropped: this.dropped, trouble: this.trouble };
  }

  /** The store, with what was recorded so far in it, as far as that does not take long. @throws {RequestLogUnavailable} */
  async settled(): Promise<RequestLogStore> {
    if (this.isClosed) throw new RequestLogUnavailable('The log of requests is closed');
    this.wake.abort();
    if (this.writing && this.trouble === null) await this.untilWritten();
    return this.opened();
  }

  /** Waits for what was recorded so far, not for what comes meanwhile; neither for long nor for a store in trouble. */
  private async untilWritten(): Promise<void> {
    const reader: Reader = { upTo: this.recorded, done: new AbortController() };
    this.readers.add(reader);
    await pause(settleTimeoutMs, reader.done.signal);
    this.readers.delete(reader);
  }

  /** Writes what waits, unless that takes too long. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.wake.abort();
    if (this.writing) await Promise.race([this.writing, pause(lastWriteTimeoutMs)]);
    this.ending.abort();
    if (this.waiting.length > 0) {
      this.options.log.warn({ requests: this.waiting.length }, 'Requests could not be written to their log');
    }
    const store = await this.store?.catch(() => undefined);
    await store?.close();
  }

  private count(userId: string, at: string): void {
    const quarter = new Date(startOfQuarter(Date.parse(at))).toISOString();
    const key = `${quarter} ${userId}`;
    const { id = newId(), requests = 0 } = this.counts.get(key) ?? {};
    this.counts.set(key, { id, userId, quarter, requests: requests + 1 });
    this.uncounted.add(key);
  }

  private dropOldest(): void {
    const { maxWaiting = defaultMaxWaiting, log } = this.options;
    const tooMany = this.waiting.length - maxWaiting;
    if (tooMany <= 0) return;
    this.waiting.splice(0, tooMany);
    if (this.dropped === this.droppedBefore) log.warn({ maxWaiting }, 'The oldest requests are left out of their log');
    this.dropped += tooMany;
  }

  /** Ends when nothing waits. */
  private async writeAll(): Promise<void> {
    for (let failures = 0; this.hasMore();) {
      if (failures > 0) await pause(retryWaitMs(usualRetry, failures), this.ending.signal);
      else if (this.waiting.length < maxBatch) await this.untilDue();
      if (this.ending.signal.aborted) return;
      failures = (await this.writeSome()) ? 0 : failures + 1;
    }
    this.writing = undefined;
  }

  private hasMore(): boolean {
    return this.waiting.length > 0 || this.uncounted.size > 0;
  }

  private async untilDue(): Promise<void> {
    if (!this.isClosed) await pause(batchIntervalMs, this.wake.signal);
    this.wake = new AbortController();
  }

  private async writeSome(): Promise<boolean> {
    const requests = this.waiting.splice(0, maxBatch);
    const keys = [...this.uncounted];
    const counts = keys.flatMap((key) => this.counts.get(key) ?? []);
    this.uncounted.clear();
    const upTo = this.recorded - this.waiting.length;
    try {
      await (await this.opened()).write({ requests, counts });
      this.forgetCounts();
      this.recovered();
      this.letRead(upTo);
      return true;
    } catch (error) {
      this.waiting.unshift(...requests);
      for (const key of keys) this.uncounted.add(key);
      this.dropOldest();
      this.failed(error);
      this.letRead(Infinity);
      return false;
    }
  }

  private letRead(upTo: number): void {
    for (const reader of this.readers) if (reader.upTo <= upTo) reader.done.abort();
  }

  /** Quarters that are over are not counted any more. */
  private forgetCounts(): void {
    const lastQuarter = new Date(Date.now() - quarterMs).toISOString();
    for (const [key, { quarter }] of this.counts) {
      if (quarter < lastQuarter && !this.uncounted.has(key)) this.counts.delete(key);
    }
  }

  private opened(): Promise<RequestLogStore> {
    if (this.store) return this.store;
    const opening = this.options.open();
    opening.catch(() => (this.store = undefined));
    return (this.store = opening);
  }

  private failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (this.trouble === null) this.options.log.warn({ err: error }, 'Requests cannot be logged: they wait');
    this.trouble = message;
  }

  private recovered(): void {
    const isStillBehind = this.waiting.length >= maxBatch;
    if (this.trouble === null && (isStillBehind || this.dropped === this.droppedBefore)) return;
    this.trouble = null;
    const missing = this.dropped - this.droppedBefore;
    this.droppedBefore = this.dropped;
    this.options.log.info({ missing }, 'Requests are logged again');
  }
}
