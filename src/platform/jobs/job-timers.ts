import { Injectable } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import type { Job } from './job.js';
import { nextTime, scheduleTimeZone } from './schedule.js';

/** So late can a jump of the wall clock be noticed. */
const clockCheckMs = 1000;
/** The wall clock was set where it moved by so much more or less than the monotonic clock. */
const minClockJumpMs = 2000;

/** It is due at the first time of its schedule `after` that moment. */
type Timer = { readonly job: Job; readonly cron: CronJob; after: number };

/** Says when jobs are due, with the timers of `@nestjs/schedule`. Those are set again when the wall clock jumps. */
@Injectable()
export class JobTimers {
  private readonly timers: Timer[] = [];
  private clockOffsetMs = clockOffset();
  private checking: NodeJS.Timeout | undefined;

  constructor(private readonly registry: SchedulerRegistry) {}

  /** `due` must not throw. */
  start(jobs: readonly Job[], due: (job: Job) => void): void {
    for (const job of jobs) {
      const onTick = (): void => {
        timer.after = Date.now();
        due(job);
      };
      const cronTime = job.schedule;
      const cron = CronJob.from({ name: job.name, cronTime, timeZone: scheduleTimeZone, unrefTimeout: true, onTick });
      const timer: Timer = { job, cron, after: Date.now() };
      this.registry.addCronJob(job.name, cron);
      cron.start();
      this.timers.push(timer);
    }
    this.checking = setInterval(() => this.checkClock(due), clockCheckMs).unref();
  }

  stop(): void {
    clearInterval(this.checking);
    for (const { job } of this.timers.splice(0)) this.registry.deleteCronJob(job.name);
  }

  /** What the clock has jumped over is due once. Where it was set back, the next time is the next one of the new time. */
  private checkClock(due: (job: Job) => void): void {
    const offset = clockOffset();
    if (Math.abs(offset - this.clockOffsetMs) < minClockJumpMs) return;
    this.clockOffsetMs = offset;
    for (const timer of this.timers) {
      const wasJumpedOver = nextTime(timer.job.schedule, timer.after) <= Date.now();
      void timer.cron.stop();
      timer.cron.start();
      timer.after = Date.now();
      if (wasJumpedOver) due(timer.job);
    }
  }
}

const clockOffset = (): number => Date.now() - performance.now();
