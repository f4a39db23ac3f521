import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { keyedQueue, pause, retrying, Transient, type RetryPolicy } from '#lib/async';
import type { Log } from '#lib/subscriptions';
import { whatsAppErrors } from '#lib/whatsapp';
import { LOG } from '../../platform/tokens.js';
import { SessionProcess, type Asked } from '../../platform/processes/session-process.js';
import { Download, PhoneNotAsked } from './download.js';
import { troubles } from './received-file.rules.js';

/** At once: each takes a connection, and a little memory. */
const maxConcurrentDownloads = 4;
/** For most of an hour, as the waits grow. A phone that cannot be asked is waited for longer. */
const maxAttempts = 12;
const retryWaits: RetryPolicy = { firstWaitMs: 1000, maxWaitMs: 600_000 };
/** How long the end of the service waits for what is being downloaded. */
const lastDownloadsTimeoutMs = 2000;
/** How long whoever asks in another process waits for a large file. */
const longestDownloadMs = 15 * 60_000;

/** The files that are to be fetched, in memory; which ones these are, the log says. */
@Injectable()
export class Downloads implements OnModuleDestroy {
  private readonly queue = keyedQueue({ maxConcurrent: maxConcurrentDownloads });
  /** Of the messages whose files are waited for. */
  private readonly open = new Map<string, Promise<void>>();
  private readonly attempts = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();
  private readonly asked: Asked<{ now: (messageId: string) => Promise<void> }>;

  constructor(
    private readonly download: Download,
    @Inject(LOG) private readonly log: Log,
    sessionProcess: SessionProcess,
  ) {
    const now = (messageId: string): Promise<void> => this.share(messageId);
    const timeoutMs = { now: longestDownloadMs };
    this.asked = sessionProcess.offer('downloads', { now }, { errors: whatsAppErrors, timeoutMs });
  }

  /** What is not finished in time is begun anew at the next start. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await Promise.race([Promise.all(this.open.values()), pause(lastDownloadsTimeoutMs)]);
  }

  /**
   * One attempt at the file of a message, or a share in the one that is under way. How it ended is recorded, unless it throws.
   * @throws {DownloadFailed | Transient} it may succeed later.
   */
  now(messageId: string): Promise<void> {
    return this.asked.now(messageId);
  }

  private share(messageId: string): Promise<void> {
    const attempt = this.attempts.get(messageId) ?? this.attempt(messageId);
    this.attempts.set(messageId, attempt);
    return attempt;
  }

  /** Fetches the file of a message, in its turn. Once, however often it is asked for meanwhile. */
  enqueue(messageId: string): void {
    if (this.open.has(messageId) || this.stopping.signal.aborted) return;
    const fetched = this.fetch(messageId).finally(() => this.open.delete(messageId));
    this.open.set(messageId, fetched);
  }

  private async fetch(messageId: string): Promise<void> {
    const { signal } = this.stopping;
    try {
      await retrying(() => this.now(messageId), {
        policy: retryWaits,
        signal,
        again: (error, failures) => {
          this.log.warn({ messageId, err: error }, 'A received file could not be fetched yet');
          return error instanceof Transient || error instanceof PhoneNotAsked || failures < maxAttempts;
        },
      });
    } catch {
      if (signal.aborted) return;
      await this.download.giveUp(messageId, troubles.failed).catch((error: unknown) => {
        this.log.error({ messageId, err: error }, 'Could not record that a file is unavailable');
      });
    }
  }

  private async attempt(messageId: string): Promise<void> {
    const { signal } = this.stopping;
    try {
      await this.queue.run(messageId, async () => {
        if (!signal.aborted) await this.download.run(messageId, signal);
      });
    } finally {
      this.attempts.delete(messageId);
    }
  }
}
