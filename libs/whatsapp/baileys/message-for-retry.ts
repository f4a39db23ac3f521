import type { proto, WAMessageKey } from '@whiskeysockets/baileys';
import { isOfPerson } from '../addresses.js';
import type { OutgoingMessage } from '../port.js';
import type { Account } from '../reports.js';
import { isOneOf, type LidMapping } from './asking-device.js';
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

/**
 * Builds a sent message again, for those whom it was sent to; undefined where it is not known, or somebody else asks: whoever has heard of its
 * id can. Devices of the account itself name the chat.
 */
export const messageForRetry =
  (find: FindSent, addresses: () => LidMapping) =>
  async (key: WAMessageKey): Promise<proto.IMessage | undefined> => {
    const sent = await find(key);
    const { remoteJid } = key;
    if (!sent || (remoteJid && !(await isChat(remoteJid, sent.to, addresses())))) return undefined;
    return sent.build();
  };

const isChat = async (asked: string, to: string, lidMapping: LidMapping): Promise<boolean> =>
  isOfPerson(asked) && isOfPerson(to) ? (await isOneOf(asked, [to], lidMapping)) !== false : asked === to;

const uploadNothing = () => Promise.reject(new Error('A message that is repeated uploads nothing'));
