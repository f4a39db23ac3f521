import { el, type BinaryNode } from '../transport/wire.js';
import { lidJid, pnJid, type Addressing, type Chat, type DeviceAddress } from './address.js';
import { isOwnCopy, type Envelope, type DeviceReceipt } from './mail.js';

/** Looks up the LID and the display name of a number. */
export type NameLookup = { lidOf(number: string): string; nameOf(number: string): string | undefined };

export const personJid = ({ number, device }: DeviceAddress, addressing: Addressing, names: NameLookup): string =>
  addressing === 'lid' ? lidJid(names.lidOf(number), device) : pnJid(number, device);

const chatJid = (chat: Chat, addressing: Addressing, names: NameLookup): string =>
  chat.kind === 'group' ? chat.jid : personJid({ number: chat.number, device: 0 }, addressing, names);

/** The jid of a person in the other addressing. */
export const alternateJid = (number: string, addressing: Addressing, names: NameLookup): string =>
  addressing === 'lid' ? pnJid(number) : lidJid(names.lidOf(number));

/** Attributes with the sender's jid in the other addressing, from which clients learn which LID belongs to which number. */
function alternateAttrs(prefix: 'sender' | 'participant', number: string, addressing: Addressing, names: NameLookup) {
  const other = alternateJid(number, addressing, names);
  return addressing === 'lid' ? { [`${prefix}_pn`]: other, addressing_mode: 'lid' } : { [`${prefix}_lid`]: other };
}

/** The stanza of a message for the addressed client. */
export function messageStanza(envelope: Envelope, names: NameLookup): BinaryNode {
  const { id, from, chat, addressing, type, category, edit } = envelope;
  const sender = personJid(from, addressing, names);
  const place =
    chat.kind === 'group'
      ? { from: chat.jid, participant: sender, ...alternateAttrs('participant', from.number, addressing, names) }
      : {
          from: sender,
          ...alternateAttrs('sender', from.number, addressing, names),
          recipient: isOwnCopy(envelope) ? chatJid(chat, addressing, names) : undefined,
        };
  return el(
    'message',
    { id, type, t: String(envelope.sentAt), notify: names.nameOf(from.number), category, edit, ...place },
    [...envelope.ciphertexts.map(({ attrs, bytes }) => el('enc', attrs, bytes)), ...envelope.attachments],
  );
}

/** The stanza of a receipt for the sender's client: from the bare account, except for a retry, which names the device. */
export function receiptStanza(receipt: DeviceReceipt, names: NameLookup): BinaryNode {
  const { ids, kind, from, to, chat, addressing, at } = receipt;
  const device = kind === 'retry' ? from.device : 0;
  const confirmer = personJid({ number: from.number, device }, addressing, names);
  const own = from.number === to.number;
  const place =
    chat.kind === 'group'
      ? { from: chat.jid, participant: confirmer }
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
  return el(
    'receipt',
    { id, t: String(at), type: kind === 'delivered' ? undefined : kind, ...place },
    content.length > 0 ? content : undefined,
  );
}
