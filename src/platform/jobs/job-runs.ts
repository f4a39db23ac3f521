import { Inject, Injectable } from '@nestjs/common';
import { Transient } from '#lib/async';
import type { Actor } from '#lib/event-sourcing';
import type { Log } from '#lib/subscriptions';
import { LOG } from '../tokens.js';
import { JobHealth } from './job-health.js';
import { JobOwnership } from './job-ownership.js';
import type { Job } from './job.js';
import { RunRecords, type EndedRun, type RunRecord } from './run-records.js';

const maxReasonChars = 500;

type RunUnderWay = {
  /** Settles once it is known whether the job runs. @throws {Transient} it does not, and can be asked to again. */
  readonly begun: Promise<unknown>;
  /** How it ended; undefined where it did not begin, or another process has taken over. Never rejects. */
  readonly ended: Promise<EndedRun['outcome'] | undefined>;
};

type Begun = RunRecord & { readonly running: NonNullable<RunRecord['running']> };

/** The runs under way: each job once at a time. */
@Injectable()
export class JobRuns {
  private readonly stopping = new AbortController();
  private readonly underWay = new Map<string, RunUnderWay>();
  private readonly background = new Set<Promise<unknown>>();

  constructor(
    private readonly records: RunRecords,
    private readonly health: JobHealth,
    private readonly ownership: JobOwnership,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Aborted when the service stops. */
  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  isUnderWay(name: string): boolean {
    return this.underWay.has(name);
  }

  /**
   * Begins a run, unless one is under way: then it answers that. `onRecord`: it begins only once that is durable, so that it is made up for
   * if the service dies. Others begin although that cannot be written: on a full disk it may be what makes room.
   */
  begin(job: Job, by: Actor, { onRecord }: { readonly onRecord: boolean }): RunUnderWay {
    const underWay = this.underWay.get(job.name);
    if (underWay) return underWay;
    const begun = this.beginning(job.name, by, onRecord);
    const run = { begun, ended: this.toItsEnd(job, begun) };
    this.underWay.set(job.name, run);
    return run;
  }

  /** Waits for it before the service has stopped. It must not reject. */
  track(work: Promise<unknown>): void {
    this.background.add(work);
    void work.finally(() => this.background.delete(work));
  }

  /** What runs is aborted and waited for; nothing begins any more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all([...this.underWay.values()].map(({ ended }) => ended));
    await Promise.all(this.background);
  }

  private async beginning(name: string, by: Actor, onRecord: boolean): Promise<Begun> {
    if (this.signal.aborted) throw new Transient('The service stops');
    await this.ownership.assertKept();
    const startedAt = new Date().toISOString();
    const unknown: RunRecord = { knownSince: startedAt, running: null, last: null };
    const known = onRecord ? await this.records.get(name) : await this.records.get(name).catch(() => unknown);
    const begun = { ...(known ?? unknown), running: { startedAt, by } };
    if (onRecord) await this.records.put(name, begun);
    else this.track(this.records.keep(name, begun, this.signal));
    return begun;
  }

  private async toItsEnd(job: Job, begun: Promise<Begun>): Promise<EndedRun['outcome'] | undefined> {
    const { name } = job;
    try {
      const { running, ...record } = await begun;
      const last = { ...running, ...(await this.work(job)) };
      this.track(this.records.keep(name, { ...record, running: null, last }, this.signal));
      this.track(this.health.note(name, last, this.signal));
      return last.outcome;
    } catch (error) {
      this.log.warn({ err: error, job: name }, 'A job could not be run');
      return undefined;
    } finally {
      this.underWay.delete(name);
    }
  }

  /** @throws {Transient} another process has taken over: what becomes of the job is for that one to write. */
  private async work(job: Job): Promise<Omit<EndedRun, 'startedAt' | 'by'>> {
    const begunAt = performance.now();
    const { shown, thrown } = await this.ownership.whileKept(this.signal, (signal) => outcomeOf(job, signal));
    await this.assertStillHere(shown);
    if (thrown !== undefined) this.log.error({ err: thrown, job: job.name }, 'A job failed');
    return { endedAt: new Date().toISOString(), milliseconds: Math.round(performance.now() - begunAt), ...shown };
  }

  private async assertStillHere({ outcome }: Outcome['shown']): Promise<void> {
    if (outcome === 'interrupted' && !this.signal.aborted) await this.ownership.assertKept();
  }
}

type Outcome = { readonly shown: Pick<EndedRun, 'outcome' | 'result' | 'error'>; readonly thrown?: unknown };

const outcomeOf = async (job: Job, signal: AbortSignal): Promise<Outcome> => {
  try {
    const result = await job.run(signal);
    return { shown: { outcome: signal.aborted ? 'interrupted' : 'succeeded', result, error: null } };
  } catch (thrown) {
    if (signal.aborted) return { shown: { outcome: 'interrupted', result: null, error: null } };
    const error = (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, maxReasonChars);
    return { shown: { outcome: 'failed', result: null, error }, thrown };
  }
};
