import {
  generateWAMessage,
  generateWAMessageFromContent,
  type MessageContentGenerationOptions,
  type proto,
} from '@whiskeysockets/baileys';
import type { OutgoingMessage } from '../port.js';
import { baileysLogger } from './logger.js';
import type { BaileysOptions } from './options.js';
import { sentMediaKeys } from './sent-media-keys.js';
import { sentSecrets } from './sent-secrets.js';
import { mentionedIn, type GroupOf } from './mentions.js';
import { toWhatsApp } from './to-whatsapp.js';

type Upload = MessageContentGenerationOptions['upload'];

/** Builds a message as WhatsApp wants it. `userJid` is the account's own. */
export type BuildMessage = (message: OutgoingMessage, userJid: string, upload: Upload) => Promise<proto.IMessage>;

/** Like Baileys' `sendMessage`, which would give each message a random secret: what is encrypted under that could never be read here. */
export const messageBuilder = (
  sessionId: string,
  { key, log }: Pick<BaileysOptions, 'key' | 'log'>,
  groupOf: GroupOf,
): BuildMessage => {
  const secretOf = sentSecrets(key, sessionId);
  const mediaKeyOf = sentMediaKeys(key, sessionId);
  return async (outgoing, userJid, upload) => {
    const { whatsappId, to } = outgoing;
    const { content, options } = toWhatsApp(outgoing, {
      mediaKey: (sha256) => mediaKeyOf(whatsappId, sha256),
      mentioned: await mentionedIn(outgoing, groupOf),
    });
    if ('built' in content) {
      const messageContextInfo = { messageSecret: secretOf(whatsappId) };
      const generated = generateWAMessageFromContent(
        to,
        { ...content.built, messageContextInfo },
        { ...options, messageId: whatsappId, userJid },
      );
      return generated.message ?? {};
    }
    const logger = baileysLogger(sessionId, log);
    const generated = await generateWAMessage(to, content, {
      ...options,
      messageId: whatsappId,
      userJid,
      logger,
      upload,
    });
    const message = generated.message ?? {};
    if (message.messageContextInfo?.messageSecret) message.messageContextInfo.messageSecret = secretOf(whatsappId);
    return message;
  };
};
