import { z } from 'zod';
import { event, eventTypes, type EventOf } from '#lib/event-sourcing';

/** A message whose content is gone. */
const ExpiredMessage = z.object({
  messageId: z.uuid(),
  /** The file that it named. */
  mediaId: z.uuid().optional(),
});
export type ExpiredMessage = Readonly<z.output<typeof ExpiredMessage>>;

/**
 * Whose content is gone for its age, many messages to an event: a stream for each user and month. Every view that shows content of messages
 * removes it.
 */
export const retentionEvents = eventTypes('retention', {
  /** `before`: they are from before this time. */
  MessagesExpired: event(
    z.object({
      userId: z.uuid(),
      before: z.iso.datetime(),
      messages: z.array(ExpiredMessage),
      expiredAt: z.iso.datetime(),
    }),
  ),
});
export type RetentionEvent = EventOf<typeof retentionEvents>;
