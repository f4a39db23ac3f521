import { saga } from '#lib/event-sourcing';
import { retentionEvents, type RetentionEvent } from '../../messaging/retention.contract.js';
import type { CleanExpiredFiles } from '../media.commands.js';

/** The files of messages go with their content, where nothing else shows them. */
export const expiredFilesSaga = saga<RetentionEvent, CleanExpiredFiles>({
  name: 'expired-files',
  // No file of a message whose content is gone may stay. Repeating is harmless: a file is cleaned once.
  startFrom: 'beginning',
  from: [retentionEvents],
  on: {
    MessagesExpired: ({ data: { userId, messages, expiredAt } }) => {
      const mediaIds = [...new Set(messages.flatMap(({ mediaId }) => mediaId ?? []))];
      return mediaIds.length === 0 ? [] : [{ type: 'CleanExpiredFiles', data: { userId, mediaIds, at: expiredAt } }];
    },
  },
});
