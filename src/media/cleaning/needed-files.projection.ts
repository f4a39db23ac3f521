import { projection } from '#lib/event-sourcing';
import { collection, put, remove, removeAll, type Write } from '#lib/read-models';
import { sentFileOf } from '../../messaging/content.contract.js';
import { erasureEvents, type ErasureEvent } from '../../messaging/erasure.contract.js';
import { messageEvents, type AcceptedMessage, type MessageEvent } from '../../messaging/message.contract.js';

type NeededFileDocument = {
  readonly userId: string;
  readonly mediaId: string;
  readonly sha256: string;
};

/** The files of messages that are scheduled or queued, by the ids of the messages: each may still have to be uploaded, or uploaded anew. */
export const neededFiles = collection<NeededFileDocument>({
  name: 'needed-files',
  version: 1,
  indexes: [['mediaId'], ['userId', 'sha256']],
});

const needed = ({ messageId, userId, content }: AcceptedMessage): readonly Write[] => {
  const file = sentFileOf(content);
  return file ? [put(messageId, { userId, mediaId: file.mediaId, sha256: file.sha256 })] : [];
};

export const neededFilesProjection = projection<MessageEvent | ErasureEvent, NeededFileDocument>({
  into: neededFiles,
  from: [messageEvents, erasureEvents],
  on: {
    MessageScheduled: ({ data }) => needed(data),
    MessageQueued: ({ data }) => needed(data),
    // Most messages are texts: these write nothing.
    MessageSent: ({ data: { messageId, type } }) => (type === 'text' ? [] : remove(messageId)),
    MessageFailed: ({ data: { messageId } }) => remove(messageId),
    MessageCanceled: ({ data: { messageId } }) => remove(messageId),
    UserMessagesErased: ({ data: { userId } }) => removeAll('userId', userId),
  },
});
