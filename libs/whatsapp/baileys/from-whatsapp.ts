import { normalizeMessageContent, proto, toNumber, type WAMessage } from '@whiskeysockets/baileys';
import { isBroadcastList, isGroup, personOf } from '../addresses.js';
import type { Account, MessageKey, Received, Report } from '../reports.js';
import { contentFromWhatsApp } from './content/converters.js';
import { contextFromWhatsApp } from './context-from-whatsapp.js';

/** What a stanza says of its message beside what Baileys reads. */
type Envelope = {
  readonly wasWaiting: boolean;
  /** The other address of the person whom the account's owner wrote to, on the phone. */
  readonly recipientAlt?: string | undefined;
};

/**
 * The report of a received message. Undefined for settings and keys that devices exchange, for changes of groups, and for messages that
 * could not be decrypted: Baileys requests those again, and they arrive a second time.
 */
export const reportFromWhatsApp = (message: WAMessage, envelope: Envelope, me: Account): Report | undefined => {
  const received = receivedFrom(message, envelope, me);
  const parts = normalizeMessageContent(message.message);
  if (!received || !parts) return undefined;
  if (parts.protocolMessage) return changeFrom(parts.protocolMessage, received);
  if (parts.reactionMessage) {
    const { key, text } = parts.reactionMessage;
    return key?.id ? { kind: 'reaction', message: received, whatsappId: key.id, emoji: text || null } : undefined;
  }
  const content = contentFromWhatsApp(parts);
  return content && { kind: 'message', message: { ...received, content, ...contextFromWhatsApp(parts) } };
};

const changeFrom = (change: proto.Message.IProtocolMessage, message: Received): Report | undefined => {
  const whatsappId = change.key?.id;
  if (!whatsappId) return undefined;
  if (change.type === proto.Message.ProtocolMessage.Type.REVOKE) return { kind: 'revoked', message, whatsappId };
  if (change.type !== proto.Message.ProtocolMessage.Type.MESSAGE_EDIT) return undefined;
  const content = contentFromWhatsApp(normalizeMessageContent(change.editedMessage) ?? {});
  return content && { kind: 'edited', message, whatsappId, content };
};

const receivedFrom = (
  message: WAMessage,
  { wasWaiting, recipientAlt }: Envelope,
  me: Account,
): Received | undefined => {
  const { id, remoteJid, remoteJidAlt, participant, participantAlt, fromMe } = message.key;
  if (!id || !remoteJid) return undefined;
  const isFromList = isBroadcastList(remoteJid) && !fromMe && participant != null;
  // In messages from the account's own phone, `remoteJidAlt` is the account itself.
  const otherAddress = fromMe ? recipientAlt : remoteJidAlt;
  const chat = isFromList
    ? personOf(participant, participantAlt ?? remoteJidAlt)
    : personOf(remoteJid, isGroup(remoteJid) ? null : otherAddress);
  const key: MessageKey = {
    whatsappId: id,
    chat: isFromList ? remoteJid : chat.jid,
    fromMe: fromMe === true,
    participant: isGroup(remoteJid) || isFromList ? (participant ?? null) : null,
  };
  const author = isGroup(remoteJid) && participant ? personOf(participant, participantAlt) : chat;
  return {
    key,
    account: me.phoneNumber,
    chat,
    sender: fromMe ? personOf(me.jid, me.lid) : author,
    pushName: message.pushName || null,
    sentAt: new Date(toNumber(message.messageTimestamp) * 1000).toISOString(),
    wasWaiting,
  };
};
