import { projection } from '#lib/event-sourcing';
import { patch, put, removeAll } from '#lib/read-models';
import { erasureEvents, type ErasureEvent } from '../messaging/erasure.contract.js';
import { mediaEvents, type MediaEvent } from './media.contract.js';
import { mediaFiles, type MediaFileDocument } from './media-files.contract.js';

export const mediaFilesProjection = projection<MediaEvent | ErasureEvent, MediaFileDocument>({
  into: mediaFiles,
  from: [mediaEvents, erasureEvents],
  on: {
    MediaStored: ({ data: { mediaId: id, userId, sha256, size, storedAt } }) =>
      put(id, { id, userId, sha256, size, storedAt, state: 'stored' }),
    MediaCleaned: ({ data: { mediaId, why, cleanedAt } }) => patch(mediaId, { state: 'cleaned', why, cleanedAt }),
    UserMessagesErased: ({ data: { userId } }) => removeAll('userId', userId),
  },
});
