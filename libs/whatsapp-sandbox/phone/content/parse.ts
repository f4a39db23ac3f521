import { parseJid } from '../../network/address.js';
import { proto } from '../../transport/wire.js';
import type { MessageContent } from './content.js';
import { findMedia, parseMedia } from './media.js';
import { pollOf, voteContent } from './vote.js';

const { Type } = proto.Message.ProtocolMessage;
const { SecretEncType } = proto.Message.SecretEncryptedMessage;

/** Removes wrappers that only affect how a message is shown. */
export function unwrap(message: proto.IMessage): proto.IMessage {
  const inner =
    message.ephemeralMessage ??
    message.viewOnceMessage ??
    message.viewOnceMessageV2 ??
    message.viewOnceMessageV2Extension ??
    message.documentWithCaptionMessage ??
    message.editedMessage;
  return inner?.message ? unwrap(inner.message) : message;
}

/** Whether a person would see the message: protocol messages and sender keys are not shown. */
export const isVisible = (content: MessageContent, message: proto.IMessage): boolean =>
  content.type !== 'unknown' || !(message.protocolMessage ?? message.senderKeyDistributionMessage);

/** Parses a message as a phone would show it. Unsupported kinds become `unknown`. */
export function parseMessage(wrapped: proto.IMessage): MessageContent {
  const message = unwrap(wrapped);
  return { ...(parseChange(message) ?? parseMedia(message) ?? parseBody(message)), ...parseContext(message) };
}

function parseChange(message: proto.IMessage): MessageContent | undefined {
  const { reactionMessage, protocolMessage, secretEncryptedMessage, pollUpdateMessage } = message;
  if (secretEncryptedMessage?.secretEncType === SecretEncType.MESSAGE_EDIT) {
    return { type: 'edit', target: secretEncryptedMessage.targetMessageKey?.id ?? '' };
  }
  if (pollUpdateMessage) return voteContent(pollUpdateMessage.pollCreationMessageKey?.id ?? '', undefined);
  if (reactionMessage) {
    const reaction = { messageId: reactionMessage.key?.id ?? '', emoji: reactionMessage.text ?? '' };
    return { type: 'reaction', reaction };
  }
  const target = protocolMessage?.key?.id ?? '';
  if (protocolMessage?.type === Type.REVOKE && protocolMessage.key) return { type: 'revoke', target };
  if (protocolMessage?.type === Type.MESSAGE_EDIT) {
    const edited = parseMessage(protocolMessage.editedMessage ?? {});
    const { text, mentions } = edited;
    return { type: 'edit', target, ...(text !== undefined && { text }), ...(mentions && { mentions }) };
  }
  return undefined;
}

function parseBody(message: proto.IMessage): MessageContent {
  const text = message.conversation ?? message.extendedTextMessage?.text;
  if (typeof text === 'string' && (text !== '' || message.extendedTextMessage)) {
    const extended = message.extendedTextMessage ?? {};
    return { type: 'text', text, ...parsePreview(extended), ...parseStyle(extended) };
  }
  if (message.locationMessage) return parseLocation(message.locationMessage);
  const contacts = message.contactMessage ? [message.contactMessage] : message.contactsArrayMessage?.contacts;
  if (contacts?.[0]) {
    const others = contacts.slice(1).map(parseContact);
    return { type: 'contact', contact: parseContact(contacts[0]), ...(others.length > 0 && { otherContacts: others }) };
  }
  const poll = pollOf(message);
  if (poll) {
    const options = (poll.options ?? []).map(({ optionName }) => optionName ?? '');
    return { type: 'poll', poll: { question: poll.name ?? '', options, multiple: poll.selectableOptionsCount !== 1 } };
  }
  return { type: 'unknown' };
}

function parsePreview(part: proto.Message.IExtendedTextMessage): Pick<MessageContent, 'preview'> {
  const { matchedText, title, description, jpegThumbnail } = part;
  if (!matchedText) return {};
  const described = { url: matchedText, title: title ?? '', ...(description && { description }) };
  return { preview: { ...described, ...(jpegThumbnail?.length && { thumbnailBytes: jpegThumbnail.length }) } };
}

function parseStyle({ backgroundArgb, font }: proto.Message.IExtendedTextMessage): Pick<MessageContent, 'style'> {
  if (!backgroundArgb && !font) return {};
  const rgb = (backgroundArgb ?? 0) % 2 ** 24;
  const backgroundColor = `#${rgb.toString(16).padStart(6, '0').toUpperCase()}`;
  return { style: { ...(backgroundArgb && { backgroundColor }), ...(font && { font }) } };
}

function parseLocation(part: proto.Message.ILocationMessage): MessageContent {
  const [latitude, longitude] = [part.degreesLatitude ?? 0, part.degreesLongitude ?? 0];
  if (!Number.isFinite(latitude) || !Number.isFinite(longitude)) return { type: 'unknown' };
  return {
    type: 'location',
    location: {
      latitude,
      longitude,
      ...(part.name && { name: part.name }),
      ...(part.address && { address: part.address }),
    },
  };
}

function parseContact(part: proto.Message.IContactMessage): NonNullable<MessageContent['contact']> {
  const vcard = part.vcard ?? '';
  const phone = /^TEL[^:\n]*:(.+)$/m.exec(vcard)?.[1]?.trim();
  return { name: part.displayName ?? '', vcard, ...(phone && { phone }) };
}

/** It may answer something itself, which is not shown. */
const parseQuoted = (message: proto.IMessage): MessageContent => parseMedia(message) ?? parseBody(message);

function parseContext(message: proto.IMessage): Pick<MessageContent, 'replyTo' | 'quoted' | 'forwarded' | 'mentions'> {
  const part = findMedia(message)?.part as { contextInfo?: proto.IContextInfo | null } | undefined;
  const context =
    message.extendedTextMessage?.contextInfo ??
    part?.contextInfo ??
    message.locationMessage?.contextInfo ??
    message.contactMessage?.contextInfo ??
    message.contactsArrayMessage?.contextInfo ??
    pollOf(message)?.contextInfo;
  const mentions = context?.mentionedJid?.map((jid) => parseJid(jid)?.user ?? jid);
  return {
    ...(context?.stanzaId && { replyTo: context.stanzaId }),
    ...(context?.quotedMessage && { quoted: parseQuoted(unwrap(context.quotedMessage)) }),
    ...(context?.isForwarded && { forwarded: true as const }),
    ...(mentions?.length && { mentions }),
  };
}
