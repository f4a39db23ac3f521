import type { AnyMessageContent, MiscMessageGenerationOptions, WAMessage } from '@whiskeysockets/baileys';
import type { OutgoingMessage } from '../port.js';
import { contentToWhatsApp } from './content/converters.js';

type Sendable = { readonly content: AnyMessageContent; readonly options: MiscMessageGenerationOptions };

/** A message in the form that Baileys expects. The same message always gives the same result, so that it can be repeated. */
export const toWhatsApp = ({ content, replyTo }: Omit<OutgoingMessage, 'whatsappId'>): Sendable => {
  const quoted = replyTo && quotedToWhatsApp(replyTo);
  return {
    content: contentToWhatsApp(content, quoted?.key),
    options: quoted && content.type !== 'reaction' ? { quoted } : {}, // a reaction names the message without showing it
  };
};

const quotedToWhatsApp = (message: NonNullable<OutgoingMessage['replyTo']>): WAMessage => ({
  key: {
    id: message.whatsappId,
    remoteJid: message.chat,
    fromMe: message.fromMe,
    ...(message.participant !== null && { participant: message.participant }),
  },
  message: { conversation: message.text },
});
