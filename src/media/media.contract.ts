import { z } from 'zod';
import { event, eventTypes, type EventOf, type OfType } from '#lib/event-sourcing';

/** Whose file it is: every event of a file says so. */
const MediaOwner = z.object({ mediaId: z.uuid(), userId: z.uuid() });

/** How a file came here. */
const MediaOrigin = z.enum(['upload', 'url', 'data', 'received']);
export type MediaOrigin = z.output<typeof MediaOrigin>;

/** Why a file was cleaned: it was old, or all messages with it were, or there was too little room, or its user was deleted. */
const CleaningReason = z.enum(['age', 'expired', 'room', 'user_deleted']);
export type CleaningReason = z.output<typeof CleaningReason>;

/** A file of a user. Its content is found by its hash: the same content is stored once per user, however many files have it. */
export const mediaEvents = eventTypes('media', {
  MediaStored: event(
    MediaOwner.extend({
      /** Of the content, in hex. */
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      /** In bytes. */
      size: z.int().min(1),
      /** Read from the content. */
      mimeType: z.string(),
      /** Without a path, and safe to show; null where none was given. */
      fileName: z.string().nullable(),
      /** In pixels, upright; null where the file has none, or they cannot be read. */
      width: z.int().nullable(),
      height: z.int().nullable(),
      /** How long it plays; null where it does not, or that cannot be read. */
      seconds: z.int().nullable(),
      source: MediaOrigin,
      storedAt: z.iso.datetime(),
    }),
    { personal: { subject: 'userId', fields: ['fileName'] } },
  ),
  /** The file can no longer be had, and its content is removed once nothing needs it; what is known of it stays. */
  MediaCleaned: event(MediaOwner.extend({ why: CleaningReason, cleanedAt: z.iso.datetime() })),
});
export type MediaEvent = EventOf<typeof mediaEvents>;

/** A file as the log has it. */
export type Media = OfType<MediaEvent, 'MediaStored'>['data'] & {
  /** ISO 8601: since when it cannot be had any more; null while it can. */
  readonly cleanedAt: string | null;
};
