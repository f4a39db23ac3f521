import type { Outgoing } from '../message.commands.js';
import { attemptWaitMs, storeWaitMs } from './attempt.rules.js';
import type { ToldHold } from './told-holds.rules.js';

/** A message that is to be sent, or a change of one. */
export type QueueEntry = QueuedMessage & {
  /** How many attempts WhatsApp did not answer, or refused for the moment. */
  failures: number;
  /** How many attempts failed because of a store since then. They say nothing about the message: only the wait follows from them. */
  storeFailures: number;
  /** What was recorded of why it waits. */
  told: readonly ToldHold[];
  /** It waited already when the service started, and its session has not been open since. */
  isRestored: boolean;
  /** The attempt goes to a person who never wrote, and was not written to before. */
  isNewContact: boolean;
  /** It is recorded that an attempt was made. */
  hasBegun: boolean;
  /** Its first attempt may be on record, although the log did not say so: nothing was handed to WhatsApp after that. */
  hasBegunUnheard: boolean;
};

/** What is to be sent from a session. */
export type QueuedMessage = Omit<Outgoing, 'sessionId'>;

export const newEntry = ({ messageId, changeId, chatId }: QueuedMessage, isRestored: boolean): QueueEntry => ({
  messageId,
  changeId,
  chatId,
  isRestored,
  failures: 0,
  storeFailures: 0,
  told: [],
  isNewContact: false,
  hasBegun: false,
  hasBegunUnheard: false,
});

/** Names it in its queue. */
export const keyOf = ({ messageId, changeId }: QueuedMessage): string => changeId ?? messageId;

/** Counts an attempt that WhatsApp did not answer, or refused for the moment. Answers the wait before the next one, in milliseconds. */
export const waitAfterFailure = (entry: QueueEntry): number => {
  entry.failures += 1;
  entry.storeFailures = 0;
  return attemptWaitMs(entry.failures, Math.random());
};

/** The same of an attempt that failed because of a store: however many do, the message does not fail for it. */
export const waitAfterStoreFailure = (entry: QueueEntry): number => {
  entry.storeFailures += 1;
  return storeWaitMs(entry.storeFailures, Math.random());
};
