import type { OutgoingContent, ReceivedContent } from './content.contract.js';
import { isSentMedia } from './content/media.content.js';
import type { Existing, FileContent, PollState } from './message-state.rules.js';
import { pollOf } from './poll-votes.rules.js';

/** Null where it has no file. */
export const fileContentOf = (content: OutgoingContent | ReceivedContent): FileContent | null =>
  isSentMedia(content) || isCaptioned(content) ? content : null;

/** A received file, with what is written beside it. */
const isCaptioned = (
  content: OutgoingContent | ReceivedContent,
): content is Extract<ReceivedContent, { readonly media: unknown }> => 'media' in content;

/** What later changes of a message depend on. `author` null: it is sent from here. */
export const saidBy = (content: OutgoingContent | ReceivedContent, author: PollState['author']): Said => ({
  poll: pollOf(content, author),
  fileContent: fileContentOf(content),
});
export type Said = Pick<Existing, 'poll' | 'fileContent'>;
