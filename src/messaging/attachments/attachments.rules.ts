import { DomainError } from '#lib/event-sourcing';
import type { Media } from '../../media/media.contract.js';
import type { OutgoingContent } from '../content.contract.js';
import type { MediaRequest } from '../content/media-request.js';

/** Whether another file may be sent in the place of the one that is named. */
export const mayBeMade = ({ type, convert }: Pick<MediaRequest, 'type' | 'convert'>): boolean =>
  convert || type === 'sticker';

/** Whether a picture is too large, or of a format that not all phones show. One that may move has to be looked into. */
export const isNoPhoto = ({ mimeType, size }: Pick<Media, 'mimeType' | 'size'>, maxBytes: number): boolean =>
  size > maxBytes || !(mimeType === 'image/jpeg' || mimeType === 'image/png');

const voiceType = 'audio/ogg; codecs=opus';

/** What a file has to be converted to: a voice message's audio, or audio or a video that all phones play. */
export type Conversion = 'voice' | 'm4a' | 'mp4';

/**
 * Undefined where the file can be sent as it is.
 * @throws {DomainError} `media_type_refused`: it cannot, and nobody asked for a conversion.
 */
export const conversionOf = (
  { type, form, convert }: Pick<MediaRequest, 'type' | 'form' | 'convert'>,
  mimeType: string,
): Conversion | undefined => {
  if (form === 'voice' && !isVoice(mimeType)) {
    if (convert) return 'voice';
    const detail = `A voice message must be Ogg with Opus, and the file is ${mimeType}: ask for it with convert`;
    throw new DomainError('refused', 'media_type_refused', detail);
  }
  if (!convert) return undefined;
  if (type === 'audio') return playedByPhones.includes(mimeType) || isVoice(mimeType) ? undefined : 'm4a';
  return type === 'video' && mimeType !== 'video/mp4' ? 'mp4' : undefined;
};

const playedByPhones: readonly string[] = ['audio/mpeg', 'audio/mp4', 'audio/aac', 'audio/amr'];

const isVoice = (mimeType: string): boolean => mimeType.includes('opus');

/** The content of a message that consists of a file. */
export const contentOfFile = (
  { type, caption, mentions, mentionAll, fileName, viewOnce, form }: MediaRequest,
  { mediaId, mimeType, size, sha256, width, height, seconds, fileName: ownName }: Media,
): OutgoingContent => ({
  type,
  mediaId,
  mimeType: form === 'voice' ? voiceType : mimeType,
  size,
  sha256,
  fileName: fileName ?? ownName,
  caption,
  ...(mentions && { mentions }),
  ...(mentionAll && { mentionAll }),
  width,
  height,
  seconds,
  viewOnce,
  form,
});
