import type { Command } from '#lib/event-sourcing';
import type { QueueChoice, RecordServiceResumed, RestoredFrom } from './restoration.contract.js';

/** A backup was put back. */
type RecordServiceRestored = Command<'RecordServiceRestored', RestoredFrom>;

/** An admin's word that a restored copy may go on. */
export type ResumeService = Command<'ResumeService', { readonly queued: QueueChoice; readonly at: string }>;

export type RestorationCommand = RecordServiceRestored | ResumeService | RecordServiceResumed;
