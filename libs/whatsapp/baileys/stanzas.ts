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

/**
 * The receipts of messages from here; none for other receipts, such as those of the account's own devices. Of a message to a group, WhatsApp may send
 * those of several members in one stanza, which then names the message in `participants`.
 */
export const receiptsFromStanza = (stanza: BinaryNode, me: Account): readonly ReceiptReport[] => {
  const { id, from, participant, recipient, type = '', t } = stanza.attrs;
  const status = statuses[type];
  if (!from || !status || recipient !== undefined) return [];
  const own = [me.jid, ...(me.lid === null ? [] : [me.lid])].map(bareJid);
  const chat = bareJid(from);
  const joined = participant === undefined ? childrenOf(stanza, 'participants') : [];
  if (joined.length > 0) {
    return joined.flatMap((participants) =>
      childrenOf(participants, 'user').flatMap(({ attrs: user }) => {
        const whatsappId = participants.attrs['key'];
        if (!whatsappId || !user['jid'] || own.includes(bareJid(user['jid']))) return [];
        const at = timeFromSeconds(user['t'] ?? t);
        const receipt = { whatsappIds: [whatsappId], status, at, chat, participant: bareJid(user['jid']) };
        return { kind: 'receipt', receipt } as const;
      }),
    );
  }
  if (!id || own.includes(bareJid(participant ?? from))) return [];
  const whatsappIds = [id, ...furtherIds(stanza)];
  const person = participant === undefined ? null : bareJid(participant);
  return [{ kind: 'receipt', receipt: { whatsappIds, status, at: timeFromSeconds(t), chat, participant: person } }];
};

type ReceiptReport = Extract<Report, { kind: 'receipt' }>;

const marks: Readonly<Record<string, 'read' | 'played'>> = {
  read: 'read',
  'read-self': 'read',
  played: 'played',
  'played-self': 'played',
};

/** The receipt of another device of the account for what others wrote; undefined for other receipts. */
export const readElsewhereFrom = (stanza: BinaryNode, me: Account): Report | undefined => {
  const { id, from, participant, recipient, type = '' } = stanza.attrs;
  const as = marks[type];
  if (!id || !from || !as) return undefined;
  const own = [me.jid, ...(me.lid === null ? [] : [me.lid])].map(bareJid);
  const chat = isGroup(from) ? from : recipient;
  if (chat === undefined || !own.includes(bareJid(participant ?? from))) return undefined;
  return {
    kind: 'read_elsewhere',
    account: me.phoneNumber,
    chat: personOf(chat),
    whatsappIds: [id, ...furtherIds(stanza)],
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

const furtherIds = (stanza: BinaryNode): readonly string[] => {
  const [list] = childrenOf(stanza, 'list');
  return list && Array.isArray(list.content) ? list.content.flatMap(({ attrs }) => attrs.id ?? []) : [];
};

const childrenOf = ({ content }: BinaryNode, tag: string): readonly BinaryNode[] =>
  Array.isArray(content) ? content.filter((child) => child.tag === tag) : [];
