import type { proto } from '../../transport/wire.js';
import type { MediaKind, PlainMedia, StoredMedia } from '../media-store.js';
import type { MediaInfo, MessageContent, SendableContent } from './content.js';

type OutgoingMedia = Extract<SendableContent, { type: MediaKind }>;
/** Common fields of media messages. */
type MediaMessage = {
  url?: string | null;
  directPath?: string | null;
  mediaKey?: Uint8Array | null;
  fileSha256?: Uint8Array | null;
  fileEncSha256?: Uint8Array | null;
  fileLength?: unknown;
  mimetype?: string | null;
  caption?: string | null;
  fileName?: string | null;
  ptt?: boolean | null;
  viewOnce?: boolean | null;
  gifPlayback?: boolean | null;
  isAnimated?: boolean | null;
  width?: number | null;
  height?: number | null;
  seconds?: number | null;
  jpegThumbnail?: Uint8Array | null;
  waveform?: Uint8Array | null;
};

const defaultMimeType: { readonly [K in MediaKind]: string } = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/mp4',
  document: 'application/octet-stream',
  sticker: 'image/webp',
};
const voiceMimeType = 'audio/ogg; codecs=opus';
const mediaKinds: readonly MediaKind[] = ['image', 'video', 'audio', 'document', 'sticker'];

export const isMedia = (content: SendableContent): content is OutgoingMedia =>
  (mediaKinds as readonly string[]).includes(content.type);

/** Builds the media message for a stored file. */
export function buildMedia(
  content: OutgoingMedia,
  stored: StoredMedia | PlainMedia,
  contextInfo?: proto.IContextInfo,
): proto.IMessage {
  const message = buildPart(content, stored, contextInfo);
  return content.viewOnce ? { viewOnceMessageV2: { message } } : message;
}

function buildPart(
  content: OutgoingMedia,
  stored: StoredMedia | PlainMedia,
  contextInfo?: proto.IContextInfo,
): proto.IMessage {
  const { type, mimeType, text, fileName, voice, viewOnce, gif, note } = content;
  const common = {
    ...stored,
    mimetype: mimeType ?? (voice ? voiceMimeType : defaultMimeType[type]),
    ...(contextInfo && { contextInfo }),
  };
  const caption = text === undefined ? {} : { caption: text };
  const once = viewOnce ? { viewOnce } : {};
  switch (type) {
    case 'image':
      return { imageMessage: { ...common, ...caption, ...once } };
    case 'video':
      if (note) return { ptvMessage: { ...common, ...once } };
      return { videoMessage: { ...common, ...caption, ...once, ...(gif && { gifPlayback: true }) } };
    case 'audio':
      return { audioMessage: { ...common, ptt: voice ?? false, ...once } };
    case 'document':
      return { documentMessage: { ...common, ...caption, fileName: fileName ?? 'file', title: fileName ?? 'file' } };
    case 'sticker':
      return { stickerMessage: common };
  }
}

const fieldByKind = {
  image: 'imageMessage',
  video: 'videoMessage',
  audio: 'audioMessage',
  document: 'documentMessage',
  sticker: 'stickerMessage',
} as const satisfies { readonly [K in MediaKind]: string };

/** Finds the media message and its kind. */
export function findMedia(message: proto.IMessage): { kind: MediaKind; part: MediaMessage } | undefined {
  if (message.ptvMessage) return { kind: 'video', part: message.ptvMessage };
  for (const kind of mediaKinds) {
    const part: MediaMessage | null | undefined = message[fieldByKind[kind]];
    if (part) return { kind, part };
  }
  return undefined;
}

/** How phones edit the caption of a file: a message with the caption alone, or with all of the file. Undefined where there is no file. */
export function withCaption(
  message: proto.IMessage,
  { text: caption, contextInfo }: { readonly text: string; readonly contextInfo?: proto.IContextInfo },
  wholeFile = false,
): proto.IMessage | undefined {
  const found = findMedia(message);
  return found && { [fieldByKind[found.kind]]: { ...(wholeFile && found.part), caption, contextInfo } };
}

export function parseMedia(message: proto.IMessage): MessageContent | undefined {
  const found = findMedia(message);
  if (!found) return undefined;
  const { kind, part } = found;
  const media: MediaInfo = {
    kind,
    mimeType: part.mimetype ?? defaultMimeType[kind],
    fileLength: Number(part.fileLength ?? 0),
    sha256: Buffer.from(part.fileSha256 ?? []).toString('hex'),
    url: part.url ?? '',
    ...(part.fileName && { fileName: part.fileName }),
    ...(part.ptt && { voice: true }),
    ...(part.viewOnce && { viewOnce: true }),
    ...(part.gifPlayback && { gif: true }),
    ...(message.ptvMessage && { note: true }),
    ...(part.isAnimated && { animated: true }),
    ...(part.width && { width: part.width }),
    ...(part.height && { height: part.height }),
    ...(part.seconds && { seconds: part.seconds }),
    ...(part.jpegThumbnail?.length && { thumbnailBytes: part.jpegThumbnail.length }),
    ...(part.waveform?.length && { waveform: [...part.waveform] }),
  };
  return { type: kind, media, ...(part.caption && { text: part.caption }) };
}

/** Location and keys of the file in a message; undefined if there is none. */
export function storedMediaOf(message: proto.IMessage): { kind: MediaKind; stored: StoredMedia } | undefined {
  const found = findMedia(message);
  if (!found?.part.mediaKey) return undefined;
  const { url, directPath, mediaKey, fileSha256, fileEncSha256, fileLength } = found.part;
  return {
    kind: found.kind,
    stored: {
      url: url ?? '',
      directPath: directPath ?? '',
      mediaKey,
      fileSha256: fileSha256 ?? Buffer.alloc(0),
      fileEncSha256: fileEncSha256 ?? Buffer.alloc(0),
      fileLength: Number(fileLength ?? 0),
    },
  };
}
