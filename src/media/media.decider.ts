import { decider, DomainError } from '#lib/event-sourcing';
import type { MediaCommand } from './media.commands.js';
import { mediaEvents, type Media, type MediaEvent } from './media.contract.js';

export const mediaDecider = decider<MediaCommand, MediaEvent, Media | null>({
  events: mediaEvents,
  idOf: ({ data }) => data.mediaId,
  initialState: null,
  decide: {
    RecordMediaStored: (data, media) => (media === null ? [{ type: 'MediaStored', data }] : []),
    RecordMediaCleaned: ({ mediaId, why, at }, media) => {
      if (media === null) throw new DomainError('not_found', 'media_not_found', 'There is no such file');
      if (media.cleanedAt !== null) return [];
      return [{ type: 'MediaCleaned', data: { mediaId, userId: media.userId, why, cleanedAt: at } }];
    },
  },
  evolve: {
    MediaStored: (_before, data) => ({ ...data, cleanedAt: null }),
    MediaCleaned: (media, { cleanedAt }) => media && { ...media, cleanedAt },
  },
});
