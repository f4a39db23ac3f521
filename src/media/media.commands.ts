import type { Command } from '#lib/event-sourcing';
import type { CleaningReason, Media } from './media.contract.js';

/** The content is stored. The same id again changes nothing. */
export type RecordMediaStored = Command<'RecordMediaStored', Omit<Media, 'cleanedAt'>>;
/** Once is enough. @throws {DomainError} `media_not_found` */
export type RecordMediaCleaned = Command<
  'RecordMediaCleaned',
  { readonly mediaId: string; readonly why: CleaningReason; readonly at: string }
>;

export type MediaCommand = RecordMediaStored | RecordMediaCleaned;

/** Cleans those of a user's files that no message with content names any more. */
export type CleanExpiredFiles = Command<
  'CleanExpiredFiles',
  { readonly userId: string; readonly mediaIds: readonly string[]; readonly at: string }
>;

/** Removes all files of a deleted user. */
export type EraseFiles = Command<'EraseFiles', { readonly userId: string }>;
