import { pause, retryWaitMs, usualRetry } from '#lib/async';
import { newId } from '#lib/ids';
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
const quarterMs = 15 * 60 * 1000;

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
  private readonly ending = new AbortController();
  private wake = new AbortController();
  private isClosed = false;
  private dropped = 0;
  private droppedBefore = 0;
  private trouble: string | null = null;

  constructor(private readonly options: RequestLogWriterOptions) {}

  record(request: LoggedRequest): void {
    if (this.isClosed) return;
    if (request.userId !== null) this.count(request.userId, request.at);
    if (this.options.keeps) this.waiting.push(request);
    this.dropOldest();
    if (this.waiting.length >= maxBatch) this.wake.abort();
    this.writing ??= this.writeAll();
  }

  state(): RequestLogState {
    return { waiting: this.waiting.length, dropped: this.dropped, trouble: this.trouble };
  }

  /** The store, with what was recorded so far in it, as far as that does not take long. @throws {RequestLogUnavailable} */
  async settled(): Promise<RequestLogStore> {
    if (this.isClosed) throw new RequestLogUnavailable('The log of requests is closed');
    this.wake.abort();
    const written = new AbortController();
    const done = this.writing?.finally(() => written.abort());
    if (done && this.trouble === null) await Promise.race([done, pause(settleTimeoutMs, written.signal)]);
    return this.opened();
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
    const quarter = new Date(Math.floor(Date.parse(at) / quarterMs) * quarterMs).toISOString();
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
    for (let failures = 0; this.waiting.length > 0 || this.uncounted.size > 0;) {
      if (failures > 0) await pause(retryWaitMs(usualRetry, failures), this.ending.signal);
      else if (this.waiting.length < maxBatch) await this.untilDue();
      if (this.ending.signal.aborted) return;
      failures = (await this.writeSome()) ? 0 : failures + 1;
    }
    this.writing = undefined;
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
    try {
      await (await this.opened()).write({ requests, counts });
      this.forgetCounts();
      this.recovered();
      return true;
    } catch (error) {
      this.waiting.unshift(...requests);
      for (const key of keys) this.uncounted.add(key);
      this.dropOldest();
      this.failed(error);
      return false;
    }
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
    if (this.trouble === null) return;
    this.trouble = null;
    const missing = this.dropped - this.droppedBefore;
    this.droppedBefore = this.dropped;
    this.options.log.info({ missing }, 'Requests are logged again');
  }
}
