import type { BinaryNode } from '@whiskeysockets/baileys';
import { bareJid } from '../addresses.js';
import { sendRefusalOf } from '../send-refusals.js';
import type { Account, ReceiptStatus, Report } from '../reports.js';

/** Devices that are not in use say `inactive`: they have the message all the same. */
const statuses: Readonly<Record<string, ReceiptStatus>> = {
  '': 'delivered',
  inactive: 'delivered',
  read: 'read',
  played: 'played',
};

/** What a receipt tells about messages of ours; undefined where it is about something else, such as what our other devices have read. */
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
      at: timeOf(t),
      chat: bareJid(from),
      participant: participant === undefined ? null : bareJid(participant),
    },
  };
};

/** The server's answer to a message of ours: it has it, or refuses it. */
export const ackFromStanza = ({ attrs }: BinaryNode): Extract<Report, { kind: 'receipt' | 'refused' }> | undefined => {
  const { id, from, error, t } = attrs;
  if (!id) return undefined;
  if (error !== undefined) return { kind: 'refused', whatsappId: id, refusal: sendRefusalOf(Number(error)) };
  const chat = bareJid(from ?? '');
  return { kind: 'receipt', receipt: { whatsappIds: [id], status: 'sent', at: timeOf(t), chat, participant: null } };
};

const furtherIds = (content: BinaryNode['content']): readonly string[] => {
  const list = Array.isArray(content) ? content.find(({ tag }) => tag === 'list') : undefined;
  const items = Array.isArray(list?.content) ? list.content : [];
  return items.flatMap(({ attrs }) => attrs.id ?? []);
};

/** WhatsApp counts seconds; where it leaves the time out, it is now. */
const timeOf = (seconds: string | undefined): string =>
  new Date(seconds === undefined ? Date.now() : Number(seconds) * 1000).toISOString();
