import type { EditedContent, OutgoingContent, ReceivedContent } from './content.contract.js';
import { isSentMedia } from './content/media.content.js';
import { mentioningNobody } from './content/mentions.js';
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

/**
 * What a message says after an edit; undefined where nothing of it changes. Of a message with a file, only the words beside it are edited: phones send
 * those as a file without its key, or with all that they know of it, and its place here must not be lost. Mentions are the edit's own.
 */
export const editedContent = (edit: ReceivedContent, file: FileContent | null): EditedContent | undefined => {
  if (file === null) return isCaptioned(edit) ? { type: 'text', body: edit.caption ?? '' } : edit;
  if (isCaptioned(edit)) return { ...mentioningNobody(file), caption: edit.caption };
  return edit.type === 'text' ? { ...mentioningNobody(file), caption: edit.body || null } : undefined;
};
