import { projection } from '#lib/event-sourcing';
import { collection, put, remove, removeAll, type Write } from '#lib/read-models';
import { sentFileOf } from '../../messaging/content.contract.js';
import { erasureEvents, type ErasureEvent } from '../../messaging/erasure.contract.js';
import { messageEvents, type AcceptedMessage, type MessageEvent } from '../../messaging/message.contract.js';
import { retentionEvents, type RetentionEvent } from '../../messaging/retention.contract.js';

type NamedFileDocument = { readonly userId: string; readonly mediaId: string };

/** The files that messages show, by the ids of the messages: of those whose content has not expired. */
export const namedFiles = collection<NamedFileDocument>({
  name: 'named-files',
  version: 1,
  indexes: [['mediaId'], ['userId']],
});

const named = ({ messageId, userId, content }: AcceptedMessage): readonly Write[] => {
  const file = sentFileOf(content);
  return file ? [put(messageId, { userId, mediaId: file.mediaId })] : [];
};

export const namedFilesProjection = projection<MessageEvent | RetentionEvent | ErasureEvent, NamedFileDocument>({
  into: namedFiles,
  from: [messageEvents, retentionEvents, erasureEvents],
  on: {
    MessageScheduled: ({ data }) => named(data),
    MessageQueued: ({ data }) => named(data),
    MessageFileFetched: ({ data: { messageId, userId, file } }) => put(messageId, { userId, mediaId: file.mediaId }),
    MessagesExpired: ({ data: { messages } }) =>
      messages.flatMap(({ messageId, mediaId }) => (mediaId === undefined ? [] : remove(messageId))),
    UserMessagesErased: ({ data: { userId } }) => removeAll('userId', userId),
  },
});
