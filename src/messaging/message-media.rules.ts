import { sentFileOf } from './content/kinds.js';
import type { MessageView } from './message-view.contract.js';

/** The id of the file of a received message is the message's own, so that it leads to the message while the file is not fetched yet. */
export const receivedFileIdOf = (messageId: string): string => messageId;
export const receivedMessageIdOf = (mediaId: string): string => mediaId;

/** The file that a message shows, if any. */
export const mediaIdOf = ({ id, via, content, fileState, expiredAt }: MessageView): string | null => {
  if (expiredAt !== undefined) return null;
  const sent = sentFileOf(content);
  if (sent) return sent.mediaId;
  return fileState !== undefined && via !== 'api' ? receivedFileIdOf(id) : null;
};
