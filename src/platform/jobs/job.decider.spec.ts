import { describe, it } from '@jest/globals';
import { given } from '#lib/event-sourcing/testing';
import type { JobEvent } from './job.contract.js';
import { jobDecider } from './job.decider.js';

const at = '2026-11-29T10:00:00.000Z';
const name = 'media-files';
const reason = 'The disk is full';
const ofJob = given(jobDecider);

const paused: JobEvent = { type: 'JobPaused', data: { name, pausedAt: at } };
const resumed: JobEvent = { type: 'JobResumed', data: { name, resumedAt: at } };
const failed: JobEvent = { type: 'JobFailed', data: { name, reason, failedAt: at } };
const recovered: JobEvent = { type: 'JobRecovered', data: { name, recoveredAt: at } };

describe('a job', () => {
  it('is paused once, and resumed once', () => {
    ofJob([]).when({ type: 'PauseJob', data: { name, at } }).then([paused]);
    ofJob([paused]).when({ type: 'PauseJob', data: { name, at } }).then([]);
    ofJob([paused]).when({ type: 'ResumeJob', data: { name, at } }).then([resumed]);
    ofJob([paused, resumed]).when({ type: 'ResumeJob', data: { name, at } }).then([]);
  });

  it('can be asked to run as often as somebody wants, also while it is paused', () => {
    const requested: JobEvent = { type: 'JobRunRequested', data: { name, requestedAt: at } };
    ofJob([paused, requested]).when({ type: 'RequestJobRun', data: { name, at } }).then([requested]);
  });

  it('that fails again and again has one failure on record until it is well again', () => {
    const fail = { type: 'RecordJobFailed', data: { name, reason, at } } as const;
    const recover = { type: 'RecordJobRecovered', data: { name, at } } as const;
    ofJob([]).when(fail).then([failed]);
    ofJob([failed]).when(fail).then([]);
    ofJob([failed]).when(recover).then([recovered]);
    ofJob([failed, recovered]).when(recover).then([]);
    ofJob([failed, recovered]).when(fail).then([failed]);
  });
});
