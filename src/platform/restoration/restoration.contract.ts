import { z } from 'zod';
import { event, eventTypes, type Command, type EventOf } from '#lib/event-sourcing';

const time = z.iso.datetime();

/** What becomes of the messages that wait when a restored copy goes on. */
export const QueueChoice = z.enum(['send', 'cancel']);
export type QueueChoice = z.output<typeof QueueChoice>;

/** Where a copy comes from that was put back from a backup. */
const source = {
  backupId: z.string(),
  /** When the backup was made. */
  takenAt: time,
  /** Of the last event in it. */
  position: z.int(),
  /** When it was put back. */
  restoredAt: time,
};

/** Of the one stream that says whether this is the original, or a copy that was restored from a backup. */
export const restorationEvents = eventTypes('service', {
  /** Appended before the copy is started for the first time: until an admin says so, it neither connects nor sends. */
  ServiceRestored: event(z.object(source)),
  /** An admin lets it go on, once the messages that wait are canceled. */
  ServiceResumeRequested: event(z.object({ restoredAt: time, requestedAt: time })),
  /** It goes on as any service. */
  ServiceResumed: event(z.object({ restoredAt: time, queued: QueueChoice, resumedAt: time })),
});
export type RestorationEvent = EventOf<typeof restorationEvents>;

/** What a restored copy was made from. */
export type RestoredFrom = Readonly<z.output<z.ZodObject<typeof source>>>;

/** All messages that wait are canceled: nothing holds the copy any more. `restoredAt`: of the restoration that was meant. */
export type RecordServiceResumed = Command<
  'RecordServiceResumed',
  { readonly restoredAt: string; readonly at: string }
>;

/** `original`: it was never restored. `held`: it waits for an admin. `canceling`: an admin has decided, and messages are being canceled. */
export type RestorationState =
  | { readonly status: 'original' }
  | (RestoredFrom & { readonly status: 'held' | 'canceling' })
  | (RestoredFrom & { readonly status: 'resumed'; readonly queued: QueueChoice; readonly resumedAt: string });
