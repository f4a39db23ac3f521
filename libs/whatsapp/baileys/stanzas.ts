import type { BinaryNode } from '@whiskeysockets/baileys';
import { bareJid, isGroup, personOf } from '../addresses.js';
import { sendRefusalOf } from '../send-refusals.js';
import type { Account, ReceiptStatus, Report } from '../reports.js';
import { timeFromSeconds } from './times.js';

/** `inactive` comes from devices that are not in use. They have the message, too. */
const statuses: Readonly<Record<string, ReceiptStatus>> = {
  '': 'delivered',
  inactive: 'delivered',
  read: 'read',
  played: 'played',
};

/** The receipt of messages from here; undefined for other receipts, such as those of the account's own devices. */
export const receiptFromStanza = ({ attrs, content }: BinaryNode, me: Account): Report | undefined => {
  const { id, from, participant, recipient, type = '', t } = attrs;
  const status = statuses[type];
  if (!id || !from || !status || recipient !== undefined) return undefined;
  const reader = bareJid(participant ?? from);
  if (reader === bareJid(me.jid) || (me.lid !== null && reader === bareJid(me.lid))) return undefined;
  return {
    kind: 'receipt',
    receipt: {
      whatsappIds: [id, ...furtherIds(content)],
      status,
      at: timeFromSeconds(t),
      chat: bareJid(from),
      participant: participant === undefined ? null : bareJid(participant),
    },
  };
};

const marks: Readonly<Record<string, 'read' | 'played'>> = {
  read: 'read',
  'read-self': 'read',
  played: 'played',
  'played-self': 'played',
};

/** The receipt of another device of the account for what others wrote; undefined for other receipts. */
export const readElsewhereFrom = ({ attrs, content }: BinaryNode, me: Account): Report | undefined => {
  const { id, from, participant, recipient, type = '' } = attrs;
  const as = marks[type];
  if (!id || !from || !as) return undefined;
  const own = [me.jid, ...(me.lid === null ? [] : [me.lid])].map(bareJid);
  const chat = isGroup(from) ? from : recipient;
  if (chat === undefined || !own.includes(bareJid(participant ?? from))) return undefined;
  return {
    kind: 'read_elsewhere',
    account: me.phoneNumber,
    chat: personOf(chat),
    whatsappIds: [id, ...furtherIds(content)],
    as,
  };
};

/** The server's ack of a message from here: it accepted or refused the message. */
export const ackFromStanza = ({ attrs }: BinaryNode): Extract<Report, { kind: 'receipt' | 'refused' }> | undefined => {
  const { id, from, error, t } = attrs;
  if (!id) return undefined;
  if (error !== undefined) return { kind: 'refused', whatsappId: id, refusal: sendRefusalOf(Number(error)) };
  const chat = bareJid(from ?? '');
  return {
    kind: 'receipt',
    receipt: { whatsappIds: [id], status: 'sent', at: timeFromSeconds(t), chat, participant: null },
  };
};

const furtherIds = (content: BinaryNode['content']): readonly string[] => {
  const list = Array.isArray(content) ? content.find(({ tag }) => tag === 'list') : undefined;
  const items = Array.isArray(list?.content) ? list.content : [];
  return items.flatMap(({ attrs }) => attrs.id ?? []);
};
