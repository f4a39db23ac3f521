import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Config } from '#config';
import type { Actor } from '#lib/event-sourcing';
import type { Log } from '#lib/subscriptions';
import { CommandBus } from '../bus/command-bus.js';
import { CommandContext } from '../command-context.js';
import { SessionProcess } from '../processes/session-process.js';
import { Restoration } from '../restoration/restoration.js';
import { hasSessions } from '../roles.js';
import { Streams } from '../streams/streams.js';
import { CONFIG, LOG } from '../tokens.js';
import type { RecordJobFailed, RecordJobRecovered } from './job.commands.js';
import { jobDecider } from './job.decider.js';
import { JobLeases } from './job-leases.js';
import { JobTimers } from './job-timers.js';
import type { Job } from './job.js';
import { Jobs } from './jobs.js';
import { RunRecords, type EndedRun } from './run-records.js';
import { isMissed } from './schedule.js';

/** The start of the service has better to do. */
const catchUpAfterMs = 60_000;
const maxReasonChars = 500;

const bySchedule: Actor = { kind: 'system', id: 'schedule' };
const byCatchUp: Actor = { kind: 'system', id: 'catch-up' };

/** Runs jobs at their times, each of them once at a time, and what was missed soon after the start. */
@Injectable()
export class JobRunner implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private readonly running = new Map<string, Promise<void>>();
  private readonly context = CommandContext.new({ kind: 'system', id: 'jobs' });
  private catchingUp: NodeJS.Timeout | undefined;
  private settling: Promise<void> = Promise.resolve();

  constructor(
    private readonly jobs: Jobs,
    private readonly timers: JobTimers,
    private readonly records: RunRecords,
    private readonly streams: Streams,
    private readonly commands: CommandBus,
    private readonly leases: JobLeases,
    @Inject(CONFIG) private readonly config: Config,
    private readonly restoration: Restoration,
    private readonly sessionProcess: SessionProcess,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** A restored copy does nothing before it is let go on: its bucket and its backups may be the original's as well. */
  /** A process that only answers requests leaves the jobs to the one with the sessions. */
  onApplicationBootstrap(): void {
    if (!hasSessions(this.config)) return;
    if (!this.sessionProcess.isHere) return;
    this.settling = this.settle();
    this.restoration.whenReleased(() => {
      this.timers.start(this.jobs.all(), (job) => void this.runUnlessPaused(job, bySchedule));
      this.catchingUp = setTimeout(() => void this.catchUp(), catchUpAfterMs).unref();
    });
  }

  /** What runs is aborted and waited for. */
  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.catchingUp);
    this.timers.stop();
    this.stopping.abort();
    await this.settling;
    await Promise.all(this.running.values());
  }

  /** Runs a job, also one that is paused, unless it is running or this is a copy that waits. Resolves when it has ended; never rejects. */
  async run(name: string, by: Actor): Promise<void> {
    const job = this.jobs.find(name);
    if (!job || this.running.has(name) || this.stopping.signal.aborted || this.restoration.isHeld) return;
    const run = this.leases
      .alone(name, this.stopping.signal, (signal) => this.recorded(job, by, signal))
      .catch((error: unknown) =>
        this.log.warn({ err: error, job: name }, 'A job could not be started: it is tried again at its next time'),
      );
    this.running.set(name, run);
    await run;
    this.running.delete(name);
  }

  /** What ran when the service died runs no more. */
  private async settle(): Promise<void> {
    for (const { name } of this.jobs.all()) {
      try {
        await this.leases.alone(name, this.stopping.signal, async () => {
          const record = await this.records.get(name);
          if (!record?.running || this.running.has(name)) return;
          const endedAt = new Date().toISOString();
          const cutOff = { endedAt, milliseconds: null, outcome: 'interrupted', result: null, error: null } as const;
          await this.records.put(name, { ...record, running: null, last: { ...record.running, ...cutOff } });
        });
      } catch (error) {
        this.log.warn({ err: error, job: name }, 'Whether a job was cut off is not known');
      }
    }
  }

  /** Runs what was missed, one after the other. Called by itself a minute after the start. */
  async catchUp(): Promise<void> {
    for (const job of this.jobs.all()) {
      if (this.stopping.signal.aborted) return;
      try {
        if (!this.running.has(job.name) && (await this.wasMissed(job))) await this.runUnlessPaused(job, byCatchUp);
      } catch (error) {
        this.log.warn({ err: error, job: job.name }, 'Whether a run of a job was missed is not known');
      }
    }
  }

  private async wasMissed({ name, schedule }: Job): Promise<boolean> {
    const now = new Date().toISOString();
    const record = await this.records.get(name);
    if (!record) {
      await this.records.put(name, { knownSince: now, running: null, last: null });
      return false;
    }
    const { resumedAt } = (await this.streams.state(jobDecider, name)).state;
    const { last } = record;
    return isMissed(schedule, Date.parse(now), {
      since: Math.max(Date.parse(record.knownSince), resumedAt ? Date.parse(resumedAt) : 0),
      lastStartedAt: last && Date.parse(last.startedAt),
      wasCutOff: last?.outcome === 'interrupted',
      wasCatchUp: last?.by.id === byCatchUp.id,
    });
  }

  private async runUnlessPaused({ name }: Job, by: Actor): Promise<void> {
    try {
      const { state } = await this.streams.state(jobDecider, name);
      if (state.pausedAt === null) await this.run(name, by);
    } catch (error) {
      this.log.warn({ err: error, job: name }, 'Whether a job is paused is not known: it is tried at its next time');
    }
  }

  private async recorded(job: Job, by: Actor, signal: AbortSignal): Promise<void> {
    const { name } = job;
    const startedAt = new Date().toISOString();
    const record = (await this.records.get(name)) ?? { knownSince: startedAt, running: null, last: null };
    await this.records.put(name, { ...record, running: { startedAt, by } });
    const begunAt = performance.now();
    const outcome = await outcomeOf(job, signal);
    const last: EndedRun = {
      startedAt,
      by,
      endedAt: new Date().toISOString(),
      milliseconds: Math.round(performance.now() - begunAt),
      ...outcome.shown,
    };
    if (outcome.thrown !== undefined) this.log.error({ err: outcome.thrown, job: name }, 'A job failed');
    try {
      await this.records.put(name, { ...record, running: null, last });
      await this.noteHealth(name, last);
    } catch (error) {
      this.log.warn({ err: error, job: name }, 'How a job ended could not be recorded');
    }
  }

  /** Only that a job begins to fail, and is well again, is an event. */
  private async noteHealth(name: string, { outcome, error, endedAt: at }: EndedRun): Promise<void> {
    if (outcome === 'interrupted') return;
    const { failingSince } = (await this.streams.state(jobDecider, name)).state;
    if ((outcome === 'failed') === (failingSince !== null)) return;
    const command: RecordJobFailed | RecordJobRecovered =
      outcome === 'failed'
        ? { type: 'RecordJobFailed', data: { name, reason: error ?? '', at } }
        : { type: 'RecordJobRecovered', data: { name, at } };
    await this.commands.execute(command, this.context);
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
