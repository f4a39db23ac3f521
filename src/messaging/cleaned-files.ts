import type { ViewReader } from '#lib/read-models';
import type { CleaningReason } from '../media/media.contract.js';
import { mediaFiles } from '../media/media-files.contract.js';
import { isSentMedia } from './content/media.content.js';
import type { MessageView } from './message-view.contract.js';

const reasons: { readonly [why in CleaningReason]: string } = {
  age: 'The file was removed because it was old',
  expired: 'The file was removed with the content of its message',
  room: 'The file was removed to make room',
  user_deleted: 'The file was removed with its user',
};

const fileIdIn = ({ content, file }: MessageView): string | undefined =>
  isSentMedia(content) ? content.mediaId : file?.mediaId;

/** The messages, with what became of their files since: one that was cleaned is unavailable, and says why. */
export const withCleanedFiles = async <View extends MessageView>(
  models: ViewReader,
  views: readonly View[],
): Promise<readonly View[]> => {
  const ids = new Set(views.flatMap((view) => fileIdIn(view) ?? []));
  if (ids.size === 0) return views;
  const files = await models.getAll(mediaFiles, [...ids]);
  const whys = new Map(files.flatMap(({ id, state, why = 'age' }) => (state === 'cleaned' ? [[id, why]] : [])));
  return views.map((view) => {
    const why = whys.get(fileIdIn(view) ?? '');
    return why === undefined ? view : { ...view, fileState: 'unavailable', fileTrouble: { reason: reasons[why] } };
  });
};
