import { z } from 'zod';
import type { Command } from '#lib/event-sourcing';

/** What is known of a received file once it is in the library of media. */
export const ReceivedFile = z.object({
  mediaId: z.uuid(),
  /** Read from the content. */
  mimeType: z.string(),
  /** In bytes. */
  size: z.int().min(1),
  /** In hex. */
  sha256: z.string(),
  fileName: z.string().nullable(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  seconds: z.int().nullable(),
});
export type ReceivedFile = Readonly<z.output<typeof ReceivedFile>>;

/** Why a received file cannot be had. */
export const FileTrouble = z.object({
  code: z.enum(['expired', 'too_large', 'damaged', 'download_failed', 'session_deleted']),
  /** In words. */
  reason: z.string(),
});
export type FileTrouble = Readonly<z.output<typeof FileTrouble>>;

/** The file of a received message, as far as it has come. */
export type MessageFile =
  | { readonly state: 'pending' }
  | ({ readonly state: 'ready' } & ReceivedFile)
  | ({ readonly state: 'unavailable' } & FileTrouble);

/**
 * Fetches the file of a received message into the library of media, under this id, where it is not there yet. Resolves once it is; several at
 * once fetch it once.
 * @throws {DomainError} `media_not_found`: no message of the user has it. `media_unavailable`: it cannot be had, and why.
 * @throws {Transient}
 */
export type FetchReceivedFile = Command<
  'FetchReceivedFile',
  { readonly mediaId: string; readonly userId: string },
  undefined
>;
