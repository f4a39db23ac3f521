import { z } from 'zod';

/** Whose message it is and where it belongs: every event of a message says so. */
export const MessageOwner = z.object({
  messageId: z.uuid(),
  userId: z.uuid(),
  sessionId: z.uuid(),
  /** The chat within the session; also the subject whose key seals what is personal in the events. */
  chatId: z.uuid(),
});
export type MessageOwner = Readonly<z.output<typeof MessageOwner>>;

/** A message that was sent from here, and the type of its content. */
export const MessageOnItsWay = MessageOwner.extend({ type: z.string() });
