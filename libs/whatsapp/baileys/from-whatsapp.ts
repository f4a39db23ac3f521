import { normalizeMessageContent, proto, toNumber, type WAMessage } from '@whiskeysockets/baileys';
import { isGroup, personOf } from '../addresses.js';
import type { Account, MessageKey, Received, Report } from '../reports.js';
import { contentFromWhatsApp } from './content/converters.js';
import { contextFromWhatsApp } from './context-from-whatsapp.js';

/**
 * What an arrived message reports; undefined for what is none: settings and keys that devices send each other, changes of groups, and
 * messages that could not be read yet, which WhatsApp is asked for again and which then arrive once more.
 */
export const reportFromWhatsApp = (message: WAMessage, wasWaiting: boolean, me: Account): Report | undefined => {
  const received = receivedFrom(message, wasWaiting, me);
  const content = normalizeMessageContent(message.message);
  if (!received || !content) return undefined;
  if (content.protocolMessage) return changeFrom(content.protocolMessage, received);
  if (content.reactionMessage) {
    const { key, text } = content.reactionMessage;
    return key?.id ? { kind: 'reaction', message: received, whatsappId: key.id, emoji: text || null } : undefined;
  }
  const said = contentFromWhatsApp(content);
  return said && { kind: 'message', message: { ...received, content: said, ...contextFromWhatsApp(content) } };
};

const changeFrom = (change: proto.Message.IProtocolMessage, message: Received): Report | undefined => {
  const whatsappId = change.key?.id;
  if (!whatsappId) return undefined;
  if (change.type === proto.Message.ProtocolMessage.Type.REVOKE) return { kind: 'revoked', message, whatsappId };
  if (change.type !== proto.Message.ProtocolMessage.Type.MESSAGE_EDIT) return undefined;
  const content = contentFromWhatsApp(normalizeMessageContent(change.editedMessage) ?? {});
  return content && { kind: 'edited', message, whatsappId, content };
};

const receivedFrom = (message: WAMessage, wasWaiting: boolean, me: Account): Received | undefined => {
  const { id, remoteJid, remoteJidAlt, participant, participantAlt, fromMe } = message.key;
  if (!id || !remoteJid) return undefined;
  // Where we wrote it (on the phone), the other address that WhatsApp names is our own.
  const chat = personOf(remoteJid, fromMe ? null : remoteJidAlt);
  const key: MessageKey = {
    whatsappId: id,
    chat: chat.jid,
    fromMe: fromMe === true,
    participant: isGroup(remoteJid) ? (participant ?? null) : null,
  };
  const author = isGroup(remoteJid) && participant ? personOf(participant, participantAlt) : chat;
  return {
    key,
    chat,
    sender: fromMe ? personOf(me.jid, me.lid) : author,
    pushName: message.pushName || null,
    sentAt: new Date(toNumber(message.messageTimestamp) * 1000).toISOString(),
    wasWaiting,
  };
};
