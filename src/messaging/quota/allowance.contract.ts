import { z } from 'zod';
import { event, eventTypes, type EventOf, type Upcaster } from '#lib/event-sourcing';

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

/** It was known by its position, which a move of the log changes. */
const ofUnknownMessage: Upcaster = ({ position: _position, ...data }) => ({ ...data, messageId: null });

/** What processes that share a log take of a user's limits before they accept messages. Elsewhere there is none of it. */
export const allowanceEvents = eventTypes('allowance', {
  /** What was accepted and is not in this stream: before it began, or while the log was a file. */
  AllowanceOpened: event(z.object({ userId: z.uuid(), changes: z.array(Change), at: time })),
  AllowanceTaken: event(z.object({ userId: z.uuid(), changes: z.array(Change), at: time })),
  /** A message never left. Null: it is not known any more which one. */
  AllowanceGivenBack: event(z.object({ userId: z.uuid(), messageId: z.uuid().nullable(), change: Change }), {
    upcasters: [ofUnknownMessage],
  }),
});
export type AllowanceEvent = EventOf<typeof allowanceEvents>;
