import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { keyedQueue, pause, retrying, sharedWork, Transient, type KeyedQueue, type RetryPolicy } from '#lib/async';
import type { Log } from '#lib/subscriptions';
import { whatsAppErrors } from '#lib/whatsapp';
import { LOG } from '../../platform/tokens.js';
import { SessionProcess, type Asked } from '../../platform/processes/session-process.js';
import { Download } from './download.js';
import type { LostFile, PhoneAnswer } from './lost-file.js';
import { Phones } from './phones.js';
import { troubles } from './received-file.rules.js';

/**
 * At the same time: each takes a connection, and a little memory. A session whose downloads are slow has its share, and where several wait, they
 * take turns. What somebody waits for has places of its own, so that it never waits behind the others.
 */
const places = { maxConcurrent: 16, maxPerKey: 4 };
/** For most of an hour, as the waits grow. */
const maxAttempts = 12;
const retryWaits: RetryPolicy = { firstWaitMs: 1000, maxWaitMs: 600_000 };
/** How long the end of the service waits for what is being downloaded. */
const lastDownloadsTimeoutMs = 2000;
/** How long whoever asks in another process waits for a large file. */
const longestDownloadMs = 15 * 60_000;

/** A way to a file: where it is downloaded, and how the phone is asked for it. */
type Way = { readonly places: KeyedQueue; readonly ask: (file: LostFile) => Promise<PhoneAnswer> };

/** The files that are to be fetched, in memory; which ones these are, the log says. */
@Injectable()
export class Downloads implements OnModuleDestroy {
  private readonly background = keyedQueue(places);
  private readonly foreground = keyedQueue(places);
  /** Of the messages whose files are waited for. */
  private readonly open = new Map<string, Promise<void>>();
  /** By session: ends what waits. */
  private readonly ends = new Map<string, AbortController>();
  private readonly forCallers = sharedWork<void>();
  private readonly downloading = sharedWork<LostFile | undefined>();
  private readonly stopping = new AbortController();
  private readonly asked: Asked<{ now: (messageId: string) => Promise<void> }>;

  constructor(
    private readonly download: Download,
    private readonly phones: Phones,
    @Inject(LOG) private readonly log: Log,
    sessionProcess: SessionProcess,
  ) {
    const now = (messageId: string): Promise<void> => this.forCallers(messageId, () => this.fetchNow(messageId));
    const timeoutMs = { now: longestDownloadMs };
    this.asked = sessionProcess.offer('downloads', { now }, { errors: whatsAppErrors, timeoutMs });
  }

  /** What is not finished in time is begun anew at the next start. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    this.phones.stop();
    for (const sessionId of this.ends.keys()) this.end(sessionId);
    await Promise.race([Promise.all(this.open.values()), pause(lastDownloadsTimeoutMs)]);
  }

  /**
   * One attempt at the file of a message, ahead of all that nobody waits for, or a share in the one that is under way. How it ended is recorded,
   * unless it throws.
   * @throws {DownloadFailed | Transient} it may succeed later.
   */
  now(messageId: string): Promise<void> {
    return this.asked.now(messageId);
  }

  /** Fetches the file of a message, in its session's turn. Once, however often it is asked for meanwhile. */
  enqueue(messageId: string, sessionId: string): void {
    if (this.open.has(messageId) || this.stopping.signal.aborted) return;
    const fetched = this.fetch(messageId, sessionId).finally(() => this.open.delete(messageId));
    this.open.set(messageId, fetched);
  }

  /** The session was deleted: its files that are waited for are recorded as unavailable. Downloads that have begun go on. */
  end(sessionId: string): void {
    this.ends.get(sessionId)?.abort();
    this.ends.delete(sessionId);
    this.phones.questions.forget(sessionId);
  }

  private async fetchNow(messageId: string): Promise<void> {
    const sessionId = await this.download.sessionOf(messageId);
    if (sessionId === undefined) return;
    const ask = (file: LostFile): Promise<PhoneAnswer> => this.phones.questions.now(file);
    await this.attempt(messageId, sessionId, { places: this.foreground, ask });
  }

  private async fetch(messageId: string, sessionId: string): Promise<void> {
    const signal = this.endOf(sessionId);
    const isWanted = (): Promise<boolean> => this.download.isWanted(messageId);
    const ask = (file: LostFile): Promise<PhoneAnswer> => this.phones.questions.inTurn(file, isWanted, signal);
    try {
      await retrying(() => this.attempt(messageId, sessionId, { places: this.background, ask }), {
        policy: retryWaits,
        signal,
        again: (error, failures) => {
          this.log.warn({ messageId, err: error }, 'A received file could not be fetched yet');
          return error instanceof Transient || failures < maxAttempts;
        },
      });
    } catch {
      if (this.stopping.signal.aborted) return;
      const trouble = signal.aborted ? troubles.sessionDeleted : troubles.failed;
      const giveUp = (): Promise<void> => this.download.giveUp(messageId, trouble);
      await this.background.run(sessionId, giveUp).catch((error: unknown) => {
        this.log.error({ messageId, err: error }, 'Could not record that a file is unavailable');
      });
    }
  }

  /** The phone is asked outside of the places, since it may take long, or be off. */
  private async attempt(messageId: string, sessionId: string, way: Way): Promise<void> {
    let answer: PhoneAnswer | undefined;
    for (;;) {
      const lost = await way.places.run(sessionId, () => this.downloadNow(messageId, answer));
      if (!lost) return;
      answer = await way.ask(lost);
    }
  }

  /** Once for all who want it: somebody may wait for what is being downloaded already. */
  private downloadNow(messageId: string, answer: PhoneAnswer | undefined): Promise<LostFile | undefined> {
    const { signal } = this.stopping;
    if (signal.aborted) return Promise.resolve(undefined);
    return this.downloading(messageId, () => this.download.run(messageId, signal, answer));
  }

  private endOf(sessionId: string): AbortSignal {
    const end = this.ends.get(sessionId) ?? new AbortController();
    this.ends.set(sessionId, end);
    return end.signal;
  }
}
