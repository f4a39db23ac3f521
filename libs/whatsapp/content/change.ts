import type { OutgoingText } from './text.js';

/** What the message that it answers says from now on, for everyone. */
export type OutgoingEdit = {
  readonly type: 'edit';
  readonly text: OutgoingText;
  /** ISO 8601: receivers show the latest of several edits. */
  readonly editedAt: string;
};

/** Deletes the message that it answers, for everyone. */
export type OutgoingRevocation = { readonly type: 'revocation' };
