import { keyedQueue, retryWaitMs, usualRetry } from '#lib/async';
import type { Log } from '#lib/subscriptions';
import { DueList } from './due-list.js';

/** Something that is to be done at a time. */
export type DueItem = { readonly key: string; /** ISO 8601. */ readonly dueAt: string };

export type DueWorkDefinition = {
  /** For log lines. */
  readonly name: string;
  /**
   * Without it, work is due when the wall clock says so (a message scheduled for nine o'clock). With it, work is due after a delay (a
   * reconnect in ten seconds): what is left when it is noted counts by the monotonic clock, and is never more than this.
   */
  readonly maxDelayMs?: number;
  /** Everything that is due up to a time (ISO 8601), from a view. Called at the start and again every few minutes. */
  readonly find: (until: string) => AsyncIterable<DueItem>;
  /**
   * Does what is due. Must be safe to run twice: it is run again where `find` still shows it later, and with growing waits where it
   * throws.
   */
  readonly run: (key: string) => Promise<void>;
};

/** Only what is due within this time is held in memory. */
const horizonMs = 5 * 60_000;
const findIntervalMs = horizonMs / 2;
/** So late can a jump of the wall clock be noticed. */
const maxTickMs = 1000;
/** The wall clock was set where it moved by so much more or less than the monotonic clock. */
const minClockJumpMs = 2000;
const maxConcurrent = 16;

/** "Do this at that time": nothing is lost at a restart, and jumps of the wall clock in either direction do no harm. */
export class DueWork {
  private readonly list = new DueList();
  private readonly queue = keyedQueue({ maxConcurrent });
  private readonly running = new Set<string>();
  /** When what runs is due again, as it was noted meanwhile. */
  private readonly again = new Map<string, number>();
  private readonly failures = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private findAtMs = 0;
  private findFailures = 0;
  private finding: Promise<void> | undefined;
  private clockOffsetMs = clockOffset();
  private state: 'new' | 'started' | 'stopped' = 'new';

  constructor(
    private readonly definition: DueWorkDefinition,
    private readonly log: Log,
  ) {}

  /** Looks at once for what came due while the service was down. */
  start(): void {
    this.state = 'started';
    this.tick();
  }

  /** Starts nothing more; resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.state = 'stopped';
    clearTimeout(this.timer);
    await this.finding;
    await this.queue.drain();
  }

  /**
   * Something is due at a time, new or changed; where it is being run, it is run again then. What lies beyond the next minutes is left to `find`, but for
   * delays, which `find` cannot measure.
   */
  note({ key, dueAt }: DueItem): void {
    const { maxDelayMs } = this.definition;
    const leftMs = Math.max(0, Date.parse(dueAt) - Date.now());
    const delayMs = Math.min(leftMs, maxDelayMs ?? leftMs);
    if (this.state === 'stopped' || delayMs > Math.max(horizonMs, maxDelayMs ?? 0)) return;
    const at = this.nowMs() + delayMs;
    if (this.running.has(key)) this.again.set(key, at);
    else this.schedule(key, at);
  }

  /** It is not to be done any more. What runs already goes on. */
  drop(key: string): void {
    this.list.delete(key);
    this.again.delete(key);
  }

  private schedule(key: string, at: number): void {
    this.list.set(key, at);
    if (this.state === 'started') this.arm();
  }

  /** Whether a delay is being waited for: what is left of it is not read from the wall clock again, which may have been set. */
  private isCounting(key: string): boolean {
    return this.definition.maxDelayMs !== undefined && this.list.has(key);
  }

  private nowMs(): number {
    return this.definition.maxDelayMs === undefined ? Date.now() : performance.now();
  }

  private tick(): void {
    const offset = clockOffset();
    const wasSet = Math.abs(offset - this.clockOffsetMs) >= minClockJumpMs;
    this.clockOffsetMs = offset;
    if (wasSet || performance.now() >= this.findAtMs)
      this.finding ??= this.find().finally(() => (this.finding = undefined));
    for (let key = this.list.take(this.nowMs()); key !== undefined; key = this.list.take(this.nowMs()))
      void this.run(key);
    this.arm();
  }

  private arm(): void {
    clearTimeout(this.timer);
    if (this.state !== 'started') return;
    const next = this.list.next();
    const waitMs = next === undefined ? maxTickMs : Math.min(maxTickMs, Math.max(0, next - this.nowMs()));
    this.timer = setTimeout(() => this.tick(), Math.ceil(waitMs)).unref();
  }

  private async find(): Promise<void> {
    this.findAtMs = performance.now() + findIntervalMs;
    try {
      const until = new Date(Date.now() + horizonMs).toISOString();
      for await (const item of this.definition.find(until)) {
        if (this.state === 'stopped') return;
        // What the view shows of what runs is mostly from before the run.
        if (!this.isCounting(item.key) && !this.running.has(item.key)) this.note(item);
      }
      this.findFailures = 0;
    } catch (error) {
      this.findFailures += 1;
      this.findAtMs = performance.now() + retryWaitMs(usualRetry, this.findFailures);
      this.log.warn(
        { err: error, work: this.definition.name },
        'What is due could not be looked up: it is tried again',
      );
    }
  }

  private async run(key: string): Promise<void> {
    this.running.add(key);
    try {
      await this.queue.run(key, async () => {
        if (this.state === 'started') await this.definition.run(key);
      });
      this.failures.delete(key);
      this.running.delete(key);
      const again = this.again.get(key);
      this.again.delete(key);
      if (again !== undefined && this.state === 'started') this.schedule(key, again);
    } catch (error) {
      const failures = (this.failures.get(key) ?? 0) + 1;
      this.failures.set(key, failures);
      this.running.delete(key);
      this.log.error(
        { err: error, work: this.definition.name, key },
        'What is due could not be done: it is tried again',
      );
      if (this.state === 'started') this.schedule(key, this.nowMs() + retryWaitMs(usualRetry, failures));
    }
  }
}

const clockOffset = (): number => Date.now() - performance.now();
