import type { proto } from '@whiskeysockets/baileys';
import type { ReceivedMessage } from '../reports.js';

/** The message that is replied to, and the people who are mentioned. Every kind of content may carry this. */
export const contextFromWhatsApp = (message: proto.IMessage): Pick<ReceivedMessage, 'replyTo' | 'mentions'> => {
  const context = Object.values(message)
    .map((part: unknown) => (part as { contextInfo?: proto.IContextInfo | null } | null)?.contextInfo)
    .find(Boolean);
  return { replyTo: context?.stanzaId || null, mentions: context?.mentionedJid ?? [] };
};
