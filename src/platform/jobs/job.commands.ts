import type { Actor, Command } from '#lib/event-sourcing';

type OfJob = { readonly name: string; readonly at: string };

export type RequestJobRun = Command<'RequestJobRun', OfJob>;
export type PauseJob = Command<'PauseJob', OfJob>;
export type ResumeJob = Command<'ResumeJob', OfJob>;
export type RecordJobFailed = Command<'RecordJobFailed', OfJob & { readonly reason: string }>;
export type RecordJobRecovered = Command<'RecordJobRecovered', OfJob>;

export type JobCommand = RequestJobRun | PauseJob | ResumeJob | RecordJobFailed | RecordJobRecovered;

/** Runs a job now, unless it is running. */
export type RunJob = Command<'RunJob', { readonly name: string; readonly by: Actor }>;
