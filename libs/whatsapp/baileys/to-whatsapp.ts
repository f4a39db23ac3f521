import type { MiscMessageGenerationOptions, WAMessage } from '@whiskeysockets/baileys';
import type { OutgoingMessage } from '../port.js';
import type { Sendable, ToWhatsAppContext } from './content/converter.js';
import { contentToWhatsApp } from './content/converters.js';

type Generated = { readonly content: Sendable; readonly options: MiscMessageGenerationOptions };

/** A message in the form that Baileys expects. The same message always gives the same result, so that it can be repeated. */
export const toWhatsApp = (
  { content, replyTo }: Omit<OutgoingMessage, 'whatsappId'>,
  mediaKey: ToWhatsAppContext['mediaKey'],
): Generated => {
  const quoted = replyTo && quotedToWhatsApp(replyTo);
  return {
    content: contentToWhatsApp(content, { answered: quoted?.key, mediaKey }),
    options: quoted && !namesOnly.has(content.type) ? { quoted } : {},
  };
};

/** These name the message that they answer without showing it. */
const namesOnly: ReadonlySet<OutgoingMessage['content']['type']> = new Set(['reaction', 'edit', 'revocation']);

const quotedToWhatsApp = (message: NonNullable<OutgoingMessage['replyTo']>): WAMessage => ({
  key: {
    id: message.whatsappId,
    remoteJid: message.chat,
    fromMe: message.fromMe,
    ...(message.participant !== null && { participant: message.participant }),
  },
  message: { conversation: message.text },
});
