import { z } from 'zod';
import { event, eventTypes, type EventOf } from '#lib/event-sourcing';

const time = z.iso.datetime();

/** How much more, or less, is taken: `bucket` is the quarter of an hour, or the minute, for which it counts. */
const Change = z.object({
  key: z.string(),
  bucket: time,
  by: z.int(),
  /** For this chat, it is taken once. */
  chatId: z.uuid().exactOptional(),
});
export type Change = Readonly<z.output<typeof Change>>;

/** What processes that share a log take of a user's limits before they accept messages. Elsewhere there is none of it. */
export const allowanceEvents = eventTypes('allowance', {
  /** What was accepted before this stream began. */
  AllowanceOpened: event(z.object({ userId: z.uuid(), changes: z.array(Change), at: time })),
  AllowanceTaken: event(z.object({ userId: z.uuid(), changes: z.array(Change), at: time })),
  /** A message never left. `position`: of the event that says so. */
  AllowanceGivenBack: event(z.object({ userId: z.uuid(), change: Change, position: z.number() })),
});
export type AllowanceEvent = EventOf<typeof allowanceEvents>;
