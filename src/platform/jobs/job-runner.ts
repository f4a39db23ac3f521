import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { pause, retrying, retryWaitMs, usualRetry } from '#lib/async';
import type { Actor } from '#lib/event-sourcing';
import type { Log } from '#lib/subscriptions';
import { SessionProcess } from '../processes/session-process.js';
import { Restoration } from '../restoration/restoration.js';
import { Streams } from '../streams/streams.js';
import { LOG } from '../tokens.js';
import { jobDecider } from './job.decider.js';
import { JobRuns } from './job-runs.js';
import { JobTimers } from './job-timers.js';
import type { Job } from './job.js';
import { Jobs } from './jobs.js';
import { RunRecords, type EndedRun, type RunRecord } from './run-records.js';
import { isMissed } from './schedule.js';

/** The start of the service has better to do. */
const catchUpAfterMs = 60_000;

const bySchedule: Actor = { kind: 'system', id: 'schedule' };
const byCatchUp: Actor = { kind: 'system', id: 'catch-up' };

/** Runs jobs at their times, each of them once at a time, and what was missed soon after the start. */
@Injectable()
export class JobRunner implements OnApplicationBootstrap, OnModuleDestroy {
  private catchingUp: NodeJS.Timeout | undefined;

  constructor(
    private readonly jobs: Jobs,
    private readonly timers: JobTimers,
    private readonly runs: JobRuns,
    private readonly records: RunRecords,
    private readonly streams: Streams,
    private readonly restoration: Restoration,
    private readonly sessionProcess: SessionProcess,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /**
   * A process that only answers requests leaves the jobs to the one with the sessions. A restored copy does nothing before it is let go on:
   * its bucket and its backups may be the original's as well.
   */
  onApplicationBootstrap(): void {
    if (!this.sessionProcess.isHere) return;
    for (const { name } of this.jobs.all()) this.runs.track(this.settle(name));
    this.restoration.whenReleased(() => {
      this.timers.start(this.jobs.all(), (job) => this.runs.track(this.runUnlessPaused(job, bySchedule)));
      this.catchingUp = setTimeout(() => this.runs.track(this.catchUp()), catchUpAfterMs).unref();
    });
  }

  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.catchingUp);
    this.timers.stop();
    await this.runs.stop();
  }

  /** Runs a job, also one that is paused, unless it is running or this is a copy that waits. Resolves when it has ended; never rejects. */
  async run(name: string, by: Actor): Promise<EndedRun['outcome'] | undefined> {
    const job = this.jobs.find(name);
    if (!job || this.restoration.isHeld) return undefined;
    return this.runs.begin(job, by, { onRecord: false }).ended;
  }

  /**
   * The same for whoever was promised a run: resolves once it has begun and that is on record, so that it is made up for if the service dies;
   * or where the job is running already. A copy that waits passes over what its original was asked for. @throws {Transient} not now.
   */
  async begin(name: string, by: Actor): Promise<void> {
    const job = this.jobs.find(name);
    if (!job || this.restoration.isHeld) {
      this.log.warn({ job: name }, 'A job that was asked for is not run: there is none, or this is a restored copy');
      return;
    }
    const { begun, ended } = this.runs.begin(job, by, { onRecord: true });
    await begun;
    this.runs.track(ended.then(() => this.runWhileAskedFor(job)));
  }

  /** Runs what was missed, one after the other. Called by itself a minute after the start. */
  async catchUp(): Promise<void> {
    for (const job of this.jobs.all()) {
      if (this.runs.signal.aborted) return;
      try {
        if (!this.runs.isUnderWay(job.name)) await this.runIfMissed(job);
      } catch (error) {
        this.log.warn({ err: error, job: job.name }, 'Whether a run of a job was missed is not known');
      }
      await this.runWhileAskedFor(job);
    }
  }

  /** What ran when the service died runs no more. */
  private async settle(name: string): Promise<void> {
    const { signal } = this.runs;
    const again = (error: unknown): boolean => {
      this.log.warn({ err: error, job: name }, 'Whether a job was cut off is not known yet');
      return true;
    };
    const record = await retrying(() => this.records.get(name), { policy: usualRetry, signal, again }).catch(() => {});
    if (!record?.running || this.runs.isUnderWay(name)) return;
    const endedAt = new Date().toISOString();
    const cutOff = { endedAt, milliseconds: null, outcome: 'interrupted', result: null, error: null } as const;
    await this.records.keep(name, { ...record, running: null, last: { ...record.running, ...cutOff } }, signal);
  }

  private async runIfMissed(job: Job): Promise<void> {
    const { name } = job;
    const record = await this.records.get(name);
    if (!record) return this.records.put(name, { knownSince: new Date().toISOString(), running: null, last: null });
    if (!(await this.wasMissed(job, record))) return;
    const wasPromised = record.last?.outcome === 'interrupted' && record.last.by.kind === 'admin';
    await (wasPromised ? this.run(name, byCatchUp) : this.runUnlessPaused(job, byCatchUp));
  }

  private async wasMissed({ name, schedule }: Job, record: RunRecord): Promise<boolean> {
    const { resumedAt } = (await this.streams.state(jobDecider, name)).state;
    const { last } = record;
    return isMissed(schedule, Date.now(), {
      since: Math.max(Date.parse(record.knownSince), resumedAt ? Date.parse(resumedAt) : 0),
      lastStartedAt: last && Date.parse(last.startedAt),
      wasCutOff: last?.outcome === 'interrupted',
      wasCatchUp: last?.by.id === byCatchUp.id,
    });
  }

  private async runUnlessPaused(job: Job, by: Actor): Promise<void> {
    try {
      const { state } = await this.streams.state(jobDecider, job.name);
      if (state.pausedAt === null) await this.run(job.name, by);
    } catch (error) {
      this.log.warn(
        { err: error, job: job.name },
        'Whether a job is paused is not known: it is tried at its next time',
      );
    }
    if (by === bySchedule) await this.runWhileAskedFor(job);
  }

  /** Never rejects. */
  private async runWhileAskedFor(job: Job): Promise<void> {
    const { signal } = this.runs;
    for (let failures = 0; !signal.aborted;) {
      if (failures > 0) await pause(retryWaitMs(usualRetry, failures), signal);
      try {
        if (signal.aborted || !(await job.isAskedFor?.())) return;
        failures = (await this.run(job.name, byCatchUp)) === 'succeeded' ? 0 : failures + 1;
      } catch (error) {
        this.log.warn({ err: error, job: job.name }, 'Whether a job is asked for is not known yet');
        failures += 1;
      }
    }
  }
}
