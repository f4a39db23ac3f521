import type { HoldReason } from '../hold-reason.contract.js';
import type { Outgoing } from '../message.commands.js';

/** A message that is to be sent, or a change of one. */
export type QueueEntry = QueuedMessage & {
  /** How many attempts were not answered, or were refused for the moment. */
  failures: number;
  /** Why it waits, as recorded, and until which date, where that is known. */
  readonly heldFor: Map<HoldReason, string | null>;
  /** It waited already when the service started, and its session has not been open since. */
  isRestored: boolean;
  /** The attempt goes to a person who never wrote, and was not written to before. */
  isNewContact: boolean;
  /** It is recorded that an attempt was made. */
  hasBegun: boolean;
};

/** What is to be sent from a session. */
export type QueuedMessage = Omit<Outgoing, 'sessionId'>;

/** Names it in its queue. */
export const keyOf = ({ messageId, changeId }: QueuedMessage): string => changeId ?? messageId;
