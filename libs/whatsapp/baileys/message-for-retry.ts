import type { proto, WAMessageKey } from '@whiskeysockets/baileys';
import type { Account } from '../reports.js';
import type { BaileysOptions } from './options.js';
import type { BuildMessage } from './outgoing-messages.js';

/** Builds a sent message again, for a receiver that could not decrypt it; undefined where the message is not known. */
export const messageForRetry =
  (
    sessionId: string,
    { sentMessages }: Pick<BaileysOptions, 'sentMessages'>,
    build: BuildMessage,
    me: () => Account | undefined,
  ) =>
  async ({ id }: WAMessageKey): Promise<proto.IMessage | undefined> => {
    const account = me();
    const sent = id && account ? await sentMessages(sessionId, id) : undefined;
    return id && account && sent ? build({ ...sent, whatsappId: id }, account.jid, uploadNothing) : undefined;
  };

const uploadNothing = () => Promise.reject(new Error('A message that is repeated uploads nothing'));
