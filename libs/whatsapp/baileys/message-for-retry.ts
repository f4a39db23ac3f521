import type { proto, WAMessageKey } from '@whiskeysockets/baileys';
import type { OutgoingMessage } from '../port.js';
import type { Account } from '../reports.js';
import type { BaileysOptions } from './options.js';
import type { BuildMessage } from './outgoing-messages.js';

/** A sent message that a receiver could not decrypt. */
export type SentForRetry = Pick<OutgoingMessage, 'to' | 'recipients'> & {
  readonly build: () => Promise<proto.IMessage>;
};

/** Finds a sent message; undefined where it is not known, or not to be repeated. Rejects where that cannot be found out now. */
export type FindSent = (key: Pick<WAMessageKey, 'id'>) => Promise<SentForRetry | undefined>;

export const findSentIn =
  (
    sessionId: string,
    { sentMessages }: Pick<BaileysOptions, 'sentMessages'>,
    build: BuildMessage,
    me: () => Account | undefined,
  ): FindSent =>
  async ({ id }) => {
    const account = me();
    const sent = id && account ? await sentMessages(sessionId, id) : undefined;
    if (!id || !account || !sent) return undefined;
    return { ...sent, build: () => build({ ...sent, whatsappId: id }, account.jid, uploadNothing) };
  };

/** Builds a sent message again; undefined where it is not known. */
export const messageForRetry =
  (find: FindSent) =>
  async (key: WAMessageKey): Promise<proto.IMessage | undefined> =>
    (await find(key))?.build();

const uploadNothing = () => Promise.reject(new Error('A message that is repeated uploads nothing'));
