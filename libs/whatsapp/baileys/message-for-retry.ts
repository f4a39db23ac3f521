import { generateWAMessage, type proto, type WAMessageKey } from '@whiskeysockets/baileys';
import type { Account } from '../reports.js';
import { baileysLogger } from './logger.js';
import type { BaileysOptions } from './options.js';
import { toWhatsApp } from './to-whatsapp.js';

/** Builds a sent message again, for a receiver that could not decrypt it; undefined where the message is not known. */
export const messageForRetry =
  (sessionId: string, { sentMessages, log }: BaileysOptions, me: () => Account | undefined) =>
  async ({ id }: WAMessageKey): Promise<proto.IMessage | undefined> => {
    const account = me();
    const sent = id && account ? await sentMessages(sessionId, id) : undefined;
    if (!id || !account || !sent) return undefined;
    const { content, options } = toWhatsApp(sent);
    const message = await generateWAMessage(sent.to, content, {
      ...options,
      messageId: id,
      userJid: account.jid,
      logger: baileysLogger(sessionId, log),
      upload: () => Promise.reject(new Error('A message that is repeated uploads nothing')),
    });
    return message.message ?? undefined;
  };
