import type { AnyMessageContent, MiscMessageGenerationOptions, WAMessage } from '@whiskeysockets/baileys';
import { jidOf } from '../addresses.js';
import type { OutgoingContent } from '../content.js';
import type { OutgoingMessage } from '../port.js';

type Sendable = { readonly content: AnyMessageContent; readonly options: MiscMessageGenerationOptions };

/** A message as Baileys wants it. The same one makes the same, so that it can be repeated. */
export const toWhatsApp = ({ content, replyTo }: Omit<OutgoingMessage, 'whatsappId'>): Sendable => ({
  content: contentToWhatsApp[content.type](content),
  options: replyTo ? { quoted: quotedToWhatsApp(replyTo) } : {},
});

const contentToWhatsApp: {
  readonly [T in OutgoingContent['type']]: (content: Extract<OutgoingContent, { type: T }>) => AnyMessageContent;
} = {
  // Without a preview: it would be fetched from here, which tells the linked server who writes to whom.
  text: ({ body, mentions = [] }) => ({
    text: body,
    linkPreview: null,
    ...(mentions.length > 0 && { mentions: mentions.map((each) => (each.includes('@') ? each : jidOf(each))) }),
  }),
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
