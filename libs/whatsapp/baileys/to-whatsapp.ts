import { proto, type MiscMessageGenerationOptions, type WAMessage } from '@whiskeysockets/baileys';
import type { OutgoingText } from '../content/text.js';
import type { OutgoingMessage } from '../port.js';
import type { Sendable, ToWhatsAppContext } from './content/converter.js';
import { contentToWhatsApp } from './content/converters.js';
import { quotedMessage } from './content/quoted.js';

type Generated = { readonly content: Sendable; readonly options: MiscMessageGenerationOptions };

/** A message in the form that Baileys expects. The same message always gives the same result, so that it can be repeated. */
export const toWhatsApp = (
  { content, replyTo, forwarded = false }: Omit<OutgoingMessage, 'whatsappId'>,
  context: Omit<ToWhatsAppContext, 'answered'>,
): Generated => {
  const quoted = replyTo && quotedToWhatsApp(replyTo);
  const sendable = contentToWhatsApp(content, { ...context, answered: quoted?.key });
  return {
    content: forwarded ? asForwarded(sendable) : sendable,
    options: {
      ...(quoted && !namesOnly.has(content.type) && { quoted }),
      ...(content.type === 'text' && styleOf(content)),
    },
  };
};

const { FontType } = proto.Message.ExtendedTextMessage;
const fonts: { readonly [font in NonNullable<OutgoingText['font']>]: number } = {
  system: FontType.SYSTEM_TEXT,
  script: FontType.FB_SCRIPT,
  bold: FontType.SYSTEM_BOLD,
  morningbreeze: FontType.MORNINGBREEZE_REGULAR,
  calistoga: FontType.CALISTOGA_REGULAR,
  exo2: FontType.EXO2_EXTRABOLD,
  courierprime: FontType.COURIERPRIME_BOLD,
};

/** How a text is shown in the status. */
const styleOf = ({ backgroundColor, font }: OutgoingText): MiscMessageGenerationOptions => ({
  ...(backgroundColor !== undefined && { backgroundColor }),
  ...(font !== undefined && { font: fonts[font] }),
});

/** WhatsApp counts how often, and shows more than one arrow from the fifth on. */
const forwardedOnce = { isForwarded: true, forwardingScore: 1 } as const;

const asForwarded = (sendable: Sendable): Sendable => {
  if (!('built' in sendable)) return { ...sendable, contextInfo: forwardedOnce } as Sendable;
  return { built: markedAsForwarded(sendable.built) };
};

/** A part of a message: some only wrap another message. */
type Part = { readonly contextInfo?: object; readonly message?: proto.IMessage };

const markedAsForwarded = (built: proto.IMessage): proto.IMessage => {
  const parts = Object.entries(built).map(([name, part]: [string, Part]) => [
    name,
    part.message
      ? { ...part, message: markedAsForwarded(part.message) }
      : { ...part, contextInfo: { ...part.contextInfo, ...forwardedOnce } },
  ]);
  return Object.fromEntries(parts) as proto.IMessage;
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
  message: quotedMessage(message.text, message.content),
});
