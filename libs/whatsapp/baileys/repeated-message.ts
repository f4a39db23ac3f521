import { generateWAMessage, type proto, type WAMessageKey } from '@whiskeysockets/baileys';
import type { Account } from '../reports.js';
import { baileysLogger } from './logger.js';
import type { BaileysOptions } from './options.js';
import { toWhatsApp } from './to-whatsapp.js';

/** Makes a sent message once more, for a receiver who could not read it; undefined where it is not known (any more). */
export const repeatedMessage =
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
      upload: () => Promise.reject(new Error('A repeated message uploads nothing')),
    });
    return message.message ?? undefined;
  };
