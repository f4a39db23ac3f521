import { SchedulerRegistry } from '@nestjs/schedule';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { JobTimers } from './job-timers.js';
import type { Job } from './job.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const job = (name: string, schedule: string): Job => ({ name, description: '', schedule, run: async () => ({}) });

/** Timers and both clocks are steered: a jump moves the wall clock alone. */
describe('jobs are due', () => {
  let due: string[];
  let timers: JobTimers;

  beforeEach(() => {
    jest.useFakeTimers({ now: Date.parse('2026-11-23T10:00:30.000Z') });
    due = [];
    timers = new JobTimers(new SchedulerRegistry());
    timers.start([job('often', '*/15 * * * *'), job('daily', '0 12 * * *')], ({ name }) => due.push(name));
  });
  afterEach(() => {
    timers.stop();
    jest.useRealTimers();
  });

  const jump = (ms: number): void => jest.setSystemTime(Date.now() + ms);

  it('at their times', () => {
    jest.advanceTimersByTime(60 * minuteMs);
    expect(due).toEqual(['often', 'often', 'often', 'often']);
    jest.advanceTimersByTime(60 * minuteMs);
    expect(due.filter((name) => name === 'daily')).toHaveLength(1);
    expect(due).toHaveLength(9);
  });

  it('no more once they are stopped', () => {
    timers.stop();
    jest.advanceTimersByTime(dayMs);
    expect(due).toEqual([]);
  });

  it('once, where the clock is set forth by a day over many of their times', () => {
    jump(dayMs);
    jest.advanceTimersByTime(2000);
    expect(due.sort()).toEqual(['daily', 'often']);
    jest.advanceTimersByTime(15 * minuteMs);
    expect(due).toEqual(['daily', 'often', 'often']);
  });

  it('not at once where the clock is set forth to before their time', () => {
    jump(10 * minuteMs);
    jest.advanceTimersByTime(2000);
    expect(due).toEqual([]);
    jest.advanceTimersByTime(5 * minuteMs);
    expect(due).toEqual(['often']);
  });

  it('at the next time of the new day where the clock is set back by a day', () => {
    jest.advanceTimersByTime(15 * minuteMs);
    jump(-dayMs);
    jest.advanceTimersByTime(15 * minuteMs);
    expect(due).toEqual(['often', 'often']);
    jest.advanceTimersByTime(120 * minuteMs);
    expect(due).toContain('daily');
  });
});
