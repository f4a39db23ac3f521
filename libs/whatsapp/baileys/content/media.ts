import { toNumber, type proto } from '@whiskeysockets/baileys';
import type { MediaKind, ReceivedMedia } from '../../content/media.js';
import type { ContentConverter } from './converter.js';

/** The fields that are read of every kind of media; only some kinds have the last ones. */
type MediaPart = Pick<
  proto.Message.IDocumentMessage,
  'mediaKey' | 'url' | 'directPath' | 'fileSha256' | 'mimetype' | 'fileLength' | 'caption' | 'fileName'
> &
  Pick<proto.Message.IAudioMessage, 'ptt'>;

type Media<Kind extends MediaKind> = {
  readonly fromWhatsApp: (message: proto.IMessage) => ReceivedMedia<Kind> | undefined;
};

const media = <Kind extends MediaKind>(
  kind: Kind,
  partOf: (message: proto.IMessage) => MediaPart | null | undefined,
): Media<Kind> => ({
  fromWhatsApp: (message) => {
    const part = partOf(message);
    if (!part?.mediaKey) return undefined; // nobody can read the file
    return {
      type: kind,
      media: {
        kind,
        url: part.url || null,
        directPath: part.directPath || null,
        mediaKey: base64(part.mediaKey),
        sha256: part.fileSha256 ? base64(part.fileSha256) : null,
      },
      mimeType: part.mimetype || null,
      caption: part.caption || null,
      fileName: part.fileName || null,
      size: part.fileLength === null || part.fileLength === undefined ? null : toNumber(part.fileLength),
      voice: part.ptt === true,
    };
  },
});

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

export const image: ContentConverter<'image'> = media('image', ({ imageMessage }) => imageMessage);
export const video: ContentConverter<'video'> = media(
  'video',
  ({ videoMessage, ptvMessage }) => videoMessage ?? ptvMessage,
);
export const audio: ContentConverter<'audio'> = media('audio', ({ audioMessage }) => audioMessage);
export const document: ContentConverter<'document'> = media('document', ({ documentMessage }) => documentMessage);
export const sticker: ContentConverter<'sticker'> = media('sticker', ({ stickerMessage }) => stickerMessage);
