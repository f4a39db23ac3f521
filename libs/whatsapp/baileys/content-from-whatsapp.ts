import { toNumber, type proto } from '@whiskeysockets/baileys';
import type { MediaKind, ReceivedContent } from '../content.js';
import type { ReceivedMessage } from '../reports.js';

/** What a message says, taken out of its wrappings; undefined where it says nothing to people. */
export const contentFromWhatsApp = (message: proto.IMessage): ReceivedContent | undefined => {
  const text = message.conversation ?? message.extendedTextMessage?.text;
  if (typeof text === 'string') return { type: 'text', body: text };
  const said = mediaFrom(message) ?? placeFrom(message) ?? contactFrom(message) ?? pollFrom(message);
  if (said) return said;
  return Object.keys(message).every((part) => silent.has(part)) ? undefined : { type: 'unsupported' };
};

/** Which message it answers, and who is mentioned. */
export const contextFromWhatsApp = (message: proto.IMessage): Pick<ReceivedMessage, 'replyTo' | 'mentions'> => {
  const context = Object.values(message)
    .map((part: unknown) => (part as { contextInfo?: proto.IContextInfo | null } | null)?.contextInfo)
    .find(Boolean);
  return { replyTo: context?.stanzaId || null, mentions: context?.mentionedJid ?? [] };
};

/** Parts that come with others, or that only programs read. */
const silent: ReadonlySet<string> = new Set([
  'messageContextInfo',
  'senderKeyDistributionMessage',
  'fastRatchetKeySenderKeyDistributionMessage',
  'pollUpdateMessage',
  'encReactionMessage',
  'keepInChatMessage',
  'pinInChatMessage',
]);

type AnyMedia = proto.Message.IImageMessage &
  proto.Message.IVideoMessage &
  proto.Message.IAudioMessage &
  proto.Message.IDocumentMessage &
  proto.Message.IStickerMessage;

const mediaFrom = (message: proto.IMessage): ReceivedContent | undefined => {
  const parts: Readonly<Record<MediaKind, object | null | undefined>> = {
    image: message.imageMessage,
    video: message.videoMessage ?? message.ptvMessage,
    audio: message.audioMessage,
    document: message.documentMessage,
    sticker: message.stickerMessage,
  };
  const [kind, part] =
    (Object.entries(parts) as [MediaKind, AnyMedia | null | undefined][]).find(([, each]) => each) ?? [];
  if (!kind || !part) return undefined;
  if (!part.mediaKey) return { type: 'unsupported' };
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
};

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const placeFrom = (message: proto.IMessage): ReceivedContent | undefined => {
  const place = message.locationMessage ?? message.liveLocationMessage;
  if (!place) return undefined;
  const { name, address } = place as proto.Message.ILocationMessage;
  const { degreesLatitude: latitude, degreesLongitude: longitude } = place;
  return {
    type: 'location',
    latitude: latitude ?? 0,
    longitude: longitude ?? 0,
    name: name || null,
    address: address || null,
  };
};

const contactFrom = ({ contactMessage, contactsArrayMessage }: proto.IMessage): ReceivedContent | undefined => {
  const contacts = contactMessage ? [contactMessage] : contactsArrayMessage?.contacts;
  if (!contacts) return undefined;
  return {
    type: 'contact',
    name: contactMessage?.displayName ?? contactsArrayMessage?.displayName ?? '',
    vcard: contacts.map(({ vcard }) => vcard ?? '').join('\n'),
  };
};

const pollFrom = (message: proto.IMessage): ReceivedContent | undefined => {
  const poll = message.pollCreationMessage ?? message.pollCreationMessageV2 ?? message.pollCreationMessageV3;
  if (!poll) return undefined;
  return {
    type: 'poll',
    question: poll.name ?? '',
    options: (poll.options ?? []).map(({ optionName }) => optionName ?? ''),
    multiple: poll.selectableOptionsCount !== 1,
  };
};
