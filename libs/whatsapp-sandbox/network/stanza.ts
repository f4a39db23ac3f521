import { el, type BinaryNode } from '../transport/wire.js';
import { chatId, lidJid, pnJid, type Addressing, type Chat, type DeviceAddress } from './address.js';
import { isOwnCopy, type Envelope, type DeviceReceipt } from './mail.js';

/** Looks up the LID and the display name of a number. */
export type NameLookup = {
  lidOf(number: string): string;
  /** Undefined while WhatsApp does not tell the LID. */
  publicLidOf(number: string): string | undefined;
  nameOf(number: string): string | undefined;
};

export const personJid = ({ number, device }: DeviceAddress, addressing: Addressing, names: NameLookup): string =>
  addressing === 'lid' ? lidJid(names.lidOf(number), device) : pnJid(number, device);

const chatJid = (chat: Chat, addressing: Addressing, names: NameLookup): string =>
  chat.kind === 'user' ? personJid({ number: chat.number, device: 0 }, addressing, names) : chatId(chat);

/** The jid of a person in the other addressing; undefined while WhatsApp does not tell the LID. */
export function alternateJid(number: string, addressing: Addressing, names: NameLookup): string | undefined {
  if (addressing === 'lid') return pnJid(number);
  const lid = names.publicLidOf(number);
  return lid === undefined ? undefined : lidJid(lid);
}

/** Attributes with a person's jid in the other addressing, from which clients learn which LID belongs to which number. */
function alternateAttrs(
  prefix: 'sender' | 'participant' | 'peer_recipient',
  number: string,
  addressing: Addressing,
  names: NameLookup,
) {
  const other = alternateJid(number, addressing, names);
  return addressing === 'lid' ? { [`${prefix}_pn`]: other, addressing_mode: 'lid' } : { [`${prefix}_lid`]: other };
}

/** Attributes that place a message in its chat. A copy for the sender's own clients names the other party. */
function placeOf(envelope: Envelope, names: NameLookup) {
  const { from, chat, addressing } = envelope;
  const sender = personJid(from, addressing, names);
  if (chat.kind !== 'user') {
    return {
      from: chatId(chat),
      participant: sender,
      ...alternateAttrs('participant', from.number, addressing, names),
    };
  }
  if (envelope.broadcastList !== undefined && !isOwnCopy(envelope)) {
    const list = envelope.broadcastList;
    return { from: list, participant: sender, ...alternateAttrs('participant', from.number, addressing, names) };
  }
  if (!isOwnCopy(envelope)) return { from: sender, ...alternateAttrs('sender', from.number, addressing, names) };
  const recipient = chatJid(chat, addressing, names);
  return { from: sender, recipient, ...alternateAttrs('peer_recipient', chat.number, addressing, names) };
}

/** The stanza of a message for the addressed client. */
export function messageStanza(envelope: Envelope, names: NameLookup): BinaryNode {
  const { id, from, type, category, edit } = envelope;
  return el(
    'message',
    {
      id,
      type,
      t: String(envelope.sentAt),
      notify: names.nameOf(from.number),
      category,
      edit,
      ...placeOf(envelope, names),
    },
    [...envelope.ciphertexts.map(({ attrs, bytes }) => el('enc', attrs, bytes)), ...envelope.attachments],
  );
}

/** The stanza with the receipts of several members of a group for one message. It has an id of its own. */
export function joinedReceiptsStanza(
  id: string,
  first: DeviceReceipt,
  others: readonly DeviceReceipt[],
  names: NameLookup,
): BinaryNode {
  const { ids, kind, chat, at } = first;
  const users = [first, ...others].map((receipt) =>
    el('user', { jid: confirmerOf(receipt, names), t: String(receipt.at) }),
  );
  const attrs = { id, t: String(at), type: typeOf(kind), from: chatId(chat) };
  return el('receipt', attrs, [el('participants', { key: ids[0] }, users)]);
}

const confirmerOf = ({ from, kind, addressing }: DeviceReceipt, names: NameLookup): string =>
  personJid({ number: from.number, device: kind === 'retry' ? from.device : 0 }, addressing, names);

const typeOf = (kind: DeviceReceipt['kind']): string | undefined => (kind === 'delivered' ? undefined : kind);

/** The stanza of a receipt for the sender's client: from the bare account, except for a retry, which names the device. */
export function receiptStanza(receipt: DeviceReceipt, names: NameLookup): BinaryNode {
  const { ids, kind, from, to, chat, addressing, at } = receipt;
  const confirmer = confirmerOf(receipt, names);
  const own = from.number === to.number;
  const place =
    chat.kind !== 'user'
      ? { from: chatId(chat), participant: confirmer }
      : { from: confirmer, recipient: own ? chatJid(chat, addressing, names) : undefined };
  const [id, ...others] = ids;
  const list =
    others.length > 0
      ? [
          el(
            'list',
            {},
            others.map((other) => el('item', { id: other })),
          ),
        ]
      : [];
  const content = [...list, ...(receipt.content ?? [])];
  return el('receipt', { id, t: String(at), type: typeOf(kind), ...place }, content.length > 0 ? content : undefined);
}
