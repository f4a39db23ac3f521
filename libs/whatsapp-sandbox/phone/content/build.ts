import { randomBytes } from 'node:crypto';
import { SandboxError } from '../../errors.js';
import { proto } from '../../transport/wire.js';
import type { MediaKind, PlainMedia, StoredMedia } from '../media-store.js';
import type { SendableContent } from './content.js';
import { buildMedia, isMedia, withCaption } from './media.js';
import { sealVote } from './vote.js';

/** A message of this phone to which another message refers. */
export type MessageReference = {
  readonly key: proto.IMessageKey;
  /** Number of the author. */
  readonly from: string;
  readonly author: string;
  readonly message: proto.IMessage;
};

/** Lookups for the builder. `reference` throws if the phone does not know the message. */
export type BuildContext = {
  readonly reference: (messageId: string) => MessageReference;
  readonly jidOf: (number: string) => string;
  /** The jid of a person as the message is addressed; of this phone without a number. */
  readonly addressOf: (number?: string) => string;
  readonly media: { put(bytes: Buffer, kind: MediaKind): Promise<StoredMedia | PlainMedia> } | undefined;
};

const { Type } = proto.Message.ProtocolMessage;

/** Converts content to the protobuf message. */
export async function buildMessage(content: SendableContent, context: BuildContext): Promise<proto.IMessage> {
  if (content.type === 'raw') return content.message;
  if (content.type === 'reaction' || content.type === 'edit' || content.type === 'revoke') {
    return buildChange(content, context);
  }
  if (content.type === 'vote') {
    const { key, from, message: poll } = context.reference(content.messageId);
    const names = { author: context.addressOf(from), voter: context.addressOf() };
    return sealVote(content.options, { key, poll, ...names });
  }
  return { ...(await buildBody(content, context)), messageContextInfo: { messageSecret: randomBytes(32) } };
}

type Body = Exclude<SendableContent, Change | { type: 'raw' | 'vote' }>;

async function buildBody(content: Body, context: BuildContext): Promise<proto.IMessage> {
  const contextInfo = contextOf(content, context);
  if (isMedia(content)) {
    if (!context.media) throw new SandboxError('no_media', 'this sandbox has no media server');
    return buildMedia(content, await context.media.put(content.bytes, content.type), contextInfo);
  }
  switch (content.type) {
    case 'text':
      return contextInfo
        ? { extendedTextMessage: { text: content.text, contextInfo } }
        : { conversation: content.text };
    case 'location': {
      const { latitude, longitude, name, address } = content;
      return {
        locationMessage: {
          degreesLatitude: latitude,
          degreesLongitude: longitude,
          ...(name !== undefined && { name }),
          ...(address !== undefined && { address }),
          ...(contextInfo && { contextInfo }),
        },
      };
    }
    case 'contact':
      return {
        contactMessage: {
          displayName: content.name,
          vcard: vcard(content.name, content.phone),
          ...(contextInfo && { contextInfo }),
        },
      };
    case 'poll':
      return {
        pollCreationMessageV3: {
          name: content.question,
          options: content.options.map((optionName) => ({ optionName })),
          selectableOptionsCount: content.multiple ? 0 : 1,
          ...(contextInfo && { contextInfo }),
        },
      };
  }
}

type Change = Extract<SendableContent, { type: 'reaction' | 'edit' | 'revoke' }>;

function buildChange(content: Change, context: BuildContext): proto.IMessage {
  const { key, message } = context.reference(content.messageId);
  switch (content.type) {
    case 'reaction':
      return { reactionMessage: { key, text: content.emoji, senderTimestampMs: Date.now() } };
    case 'revoke':
      return { protocolMessage: { key, type: Type.REVOKE } };
    case 'edit': {
      const { text, mentions } = content;
      const contextInfo = mentions && { mentionedJid: mentions.map(context.jidOf) };
      const edited = { text, ...(contextInfo && { contextInfo }) };
      const asText = contextInfo ? { extendedTextMessage: edited } : { conversation: text };
      const editedMessage = withCaption(message, edited, content.wholeFile) ?? asText;
      return { protocolMessage: { key, type: Type.MESSAGE_EDIT, editedMessage, timestampMs: Date.now() } };
    }
  }
}

function contextOf(content: Body, context: BuildContext): proto.IContextInfo | undefined {
  const mentioned = 'mentions' in content ? content.mentions : undefined;
  const forwarded = 'forwarded' in content && content.forwarded;
  if (content.replyTo === undefined && mentioned === undefined && !forwarded) return undefined;
  const quoted = content.replyTo === undefined ? undefined : context.reference(content.replyTo);
  return {
    ...(mentioned && { mentionedJid: mentioned.map(context.jidOf) }),
    ...(forwarded && { isForwarded: true, forwardingScore: 1 }),
    ...(quoted && { stanzaId: quoted.key.id, participant: quoted.author, quotedMessage: quoted.message }),
  };
}

const vcard = (name: string, phone: string): string =>
  [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `FN:${name}`,
    `TEL;type=CELL;type=VOICE;waid=${phone.replace(/\D/g, '')}:${phone}`,
    'END:VCARD',
  ].join('\n');
