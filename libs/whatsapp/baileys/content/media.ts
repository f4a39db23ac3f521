import { toNumber, type proto } from '@whiskeysockets/baileys';
import type { MediaKind, ReceivedMedia } from '../../content/media.js';
import type { ReceivedSecrets } from '../received-secrets.js';
import { lineOf, secretOf, textOf, urlOf } from './bounded.js';
import type { ContentConverter } from './converter.js';

/** The fields that are read of every kind of media; only some kinds have the last ones. */
type MediaPart = Pick<
  proto.Message.IDocumentMessage,
  'mediaKey' | 'url' | 'directPath' | 'fileSha256' | 'mimetype' | 'fileLength' | 'caption' | 'fileName'
> &
  Pick<proto.Message.IAudioMessage, 'ptt'>;

type Media<Kind extends MediaKind> = {
  readonly fromWhatsApp: (
    message: proto.IMessage,
    secrets: Pick<ReceivedSecrets, 'seal'>,
  ) => ReceivedMedia<Kind> | undefined;
};

const media = <Kind extends MediaKind>(
  kind: Kind,
  partOf: (message: proto.IMessage) => MediaPart | null | undefined,
): Media<Kind> => ({
  fromWhatsApp: (message, { seal }) => {
    const part = partOf(message);
    const [key, hash] = [secretOf(part?.mediaKey), secretOf(part?.fileSha256)];
    if (!part || !key) return undefined; // nobody can read the file
    return {
      type: kind,
      media: {
        kind,
        url: urlOf(part.url),
        directPath: urlOf(part.directPath),
        sealedKey: seal('media', key),
        sha256: hash ? Buffer.from(hash).toString('base64') : null,
      },
      mimeType: lineOf(part.mimetype),
      caption: textOf(part.caption),
      fileName: lineOf(part.fileName),
      size: sizeOf(part.fileLength),
      voice: part.ptt === true,
    };
  },
});

const sizeOf = (length: MediaPart['fileLength']): number | null => {
  const bytes = length === null || length === undefined ? NaN : toNumber(length);
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null;
};

export const image: ContentConverter<'image'> = media('image', ({ imageMessage }) => imageMessage);
export const video: ContentConverter<'video'> = media(
  'video',
  ({ videoMessage, ptvMessage }) => videoMessage ?? ptvMessage,
);
export const audio: ContentConverter<'audio'> = media('audio', ({ audioMessage }) => audioMessage);
export const document: ContentConverter<'document'> = media('document', ({ documentMessage }) => documentMessage);
export const sticker: ContentConverter<'sticker'> = media('sticker', ({ stickerMessage }) => stickerMessage);
