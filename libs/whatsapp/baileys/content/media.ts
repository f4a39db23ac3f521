import { toNumber, type proto } from '@whiskeysockets/baileys';
import type { MediaForm, MediaKind, OutgoingMedia, ReceivedMedia } from '../../content/media.js';
import type { ReceivedSecrets } from '../received-secrets.js';
import { lineOf, secretOf, textOf, urlOf } from './bounded.js';
import type { ContentConverter, ToWhatsAppContext } from './converter.js';

/** The fields that are read of every kind of media; only some kinds have the last ones. */
type MediaPart = Pick<
  proto.Message.IDocumentMessage,
  'mediaKey' | 'url' | 'directPath' | 'fileSha256' | 'mimetype' | 'fileLength' | 'caption' | 'fileName'
> &
  Pick<proto.Message.IAudioMessage, 'ptt' | 'viewOnce'> &
  Pick<proto.Message.IVideoMessage, 'gifPlayback'> &
  Pick<proto.Message.IStickerMessage, 'isAnimated'>;

type Media<Kind extends MediaKind> = {
  readonly fromWhatsApp: (
    message: proto.IMessage,
    secrets: Pick<ReceivedSecrets, 'seal'>,
    isEdit?: boolean,
  ) => ReceivedMedia<Kind> | undefined;
};

const media = <Kind extends MediaKind>(
  kind: Kind,
  partOf: (message: proto.IMessage) => MediaPart | null | undefined,
): Media<Kind> => ({
  fromWhatsApp: (message, { seal }, isEdit) => {
    const part = partOf(message);
    const [key, hash] = [secretOf(part?.mediaKey), secretOf(part?.fileSha256)];
    if (!part) return undefined;
    // WhatsApp hosts what is posted in channels as it is: the hash vouches for it. Nobody can read another file without a key.
    if (!key && !hash && !isEdit) return undefined;
    return {
      type: kind,
      media: {
        kind,
        url: urlOf(part.url),
        directPath: urlOf(part.directPath),
        sealedKey: key ? seal('media', key) : null,
        sha256: hash ? Buffer.from(hash).toString('base64') : null,
      },
      mimeType: lineOf(part.mimetype),
      caption: textOf(part.caption),
      fileName: lineOf(part.fileName),
      size: sizeOf(part.fileLength),
      form: formOf(message, part),
      viewOnce: part.viewOnce === true,
    };
  },
});

const formOf = ({ ptvMessage }: proto.IMessage, { ptt, gifPlayback, isAnimated }: MediaPart): MediaForm => {
  if (ptvMessage) return 'note';
  if (ptt) return 'voice';
  if (gifPlayback) return 'gif';
  return isAnimated ? 'animated' : 'plain';
};

const sizeOf = (length: MediaPart['fileLength']): number | null => {
  const bytes = length === null || length === undefined ? NaN : toNumber(length);
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null;
};

export const image: ContentConverter<'image'> = {
  ...media('image', ({ imageMessage }) => imageMessage),
  toWhatsApp: (content, context) => {
    const imageMessage = {
      ...fileOf(content, context),
      ...captionOf(content, context),
      ...shapeOf(content),
      ...onceOf(content),
    };
    return { built: opensOnce(content, { imageMessage }) };
  },
};

export const video: ContentConverter<'video'> = {
  ...media('video', ({ videoMessage, ptvMessage }) => videoMessage ?? ptvMessage),
  toWhatsApp: (content, context) => {
    const caption = captionOf(content, context);
    const part = { ...fileOf(content, context), ...caption, ...shapeOf(content), ...onceOf(content) };
    if (content.form === 'note') return { built: { ptvMessage: part } };
    const videoMessage = { ...part, ...(content.form === 'gif' && { gifPlayback: true }) };
    return { built: opensOnce(content, { videoMessage }) };
  },
};

export const audio: ContentConverter<'audio'> = {
  ...media('audio', ({ audioMessage }) => audioMessage),
  toWhatsApp: (content, context) => {
    const { seconds, waveform, form } = content;
    const audioMessage = {
      ...fileOf(content, context),
      ptt: form === 'voice',
      ...(seconds !== null && { seconds }),
      ...(waveform !== null && { waveform: Buffer.from(waveform, 'base64') }),
      ...onceOf(content),
    };
    return { built: opensOnce(content, { audioMessage }) };
  },
};

export const document: ContentConverter<'document'> = {
  ...media('document', ({ documentMessage }) => documentMessage),
  toWhatsApp: (content, context) => {
    const { fileName } = content;
    const named = fileName === null ? {} : { fileName, title: fileName };
    const caption = captionOf(content, context);
    const documentMessage = { ...fileOf(content, context), ...caption, ...shapeOf(content), ...named };
    if (content.caption === null) return { built: { documentMessage } };
    return { built: { documentWithCaptionMessage: { message: { documentMessage } } } };
  },
};

export const sticker: ContentConverter<'sticker'> = {
  ...media('sticker', ({ stickerMessage }) => stickerMessage),
  toWhatsApp: (content, context) => {
    const { width, height, form } = content;
    const size = width === null || height === null ? {} : { width, height };
    const stickerMessage = { ...fileOf(content, context), ...size, isAnimated: form === 'animated' };
    return { built: { stickerMessage } };
  },
};

type Outgoing = OutgoingMedia<MediaKind>;

const fileOf = ({ upload, mimeType, size, sha256 }: Outgoing, { mediaKey }: ToWhatsAppContext) => ({
  url: upload.url,
  directPath: upload.directPath,
  mimetype: mimeType,
  fileLength: size,
  fileSha256: Buffer.from(sha256, 'base64'),
  ...(upload.encryptedSha256 !== null && {
    mediaKey: mediaKey(sha256),
    mediaKeyTimestamp: Math.floor(Date.parse(upload.uploadedAt) / 1000),
    fileEncSha256: Buffer.from(upload.encryptedSha256, 'base64'),
  }),
});

const captionOf = ({ caption }: Outgoing, { mentioned }: ToWhatsAppContext) => ({
  ...(caption !== null && { caption }),
  ...(mentioned.length > 0 && { contextInfo: { mentionedJid: [...mentioned] } }),
});

const shapeOf = ({ width, height, seconds, thumbnail }: Outgoing) => ({
  ...(width !== null && height !== null && { width, height }),
  ...(seconds !== null && { seconds }),
  ...(thumbnail !== null && { jpegThumbnail: Buffer.from(thumbnail, 'base64') }),
});

const onceOf = ({ viewOnce }: Outgoing): { viewOnce?: true } => (viewOnce ? { viewOnce: true } : {});

const opensOnce = ({ viewOnce }: Outgoing, message: proto.IMessage): proto.IMessage =>
  viewOnce ? { viewOnceMessage: { message } } : message;
