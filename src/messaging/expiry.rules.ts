import { applyWrite, patchClearing, type Fields, type Write } from '#lib/read-models';
import { ballotFields } from './ballots.rules.js';
import type { ReceivedContent } from './content/kinds.js';
import { mediaIdOf } from './message-media.rules.js';
import type { MessageView } from './message-view.contract.js';
import type { ExpiredMessage } from './retention.contract.js';

const dayMs = 24 * 60 * 60 * 1000;

/** In the place of what was said. */
const noContent: ReceivedContent = { type: 'unsupported', rawType: null };

/** What of a message is written over when its content goes: what it says, its search words, its file, and who is named in it. */
const expiredFields = (expiredAt: string): Fields => ({
  expiredAt,
  content: noContent,
  text: null,
  pushName: null,
  fileState: null,
  file: null,
  fileTrouble: null,
  linkPreview: null,
  referral: null,
});

/** Removes the content of a message from a view of messages, with whatever votes there are by then. */
export const expire = (messageId: string, expiredAt: string): Write =>
  patchClearing(ballotFields, messageId, expiredFields(expiredAt));

/** A message without its content. */
export const expired = <View extends MessageView>(view: View, expiredAt: string): View =>
  applyWrite(view, expire(view.id, expiredAt)) as View;

/** What is recorded of a message whose content goes. */
export const expiryOf = (view: MessageView): ExpiredMessage => {
  const mediaId = mediaIdOf(view);
  return { messageId: view.id, ...(mediaId !== null && { mediaId }) };
};

/** The end of what is too old, by its days; null where content is kept for good. `usual`: for those who have no days of their own. */
export const expiredBefore = (now: string, own: number | null | undefined, usual: number): string | null => {
  const days = own ?? usual;
  return days === 0 ? null : new Date(Date.parse(now) - days * dayMs).toISOString();
};

/** Whether a message is old enough to have expired anywhere: no retention is shorter than a day. */
export const mayHaveExpired = ({ createdAt }: MessageView, now: number): boolean => Date.parse(createdAt) < now - dayMs;
