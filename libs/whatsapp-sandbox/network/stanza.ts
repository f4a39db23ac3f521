import { el, type BinaryNode } from '../transport/wire.js';
import { lidJid, pnJid, type Addressing, type Chat, type DeviceAddress } from './address.js';
import { isOwnCopy, type Envelope, type Receipt } from './mail.js';

/** Looks up the LID of a number, and the name people are shown. */
export type Names = { lidOf(number: string): string; nameOf(number: string): string | undefined };

export const personJid = ({ number, device }: DeviceAddress, addressing: Addressing, names: Names): string =>
  addressing === 'lid' ? lidJid(names.lidOf(number), device) : pnJid(number, device);

const chatJid = (chat: Chat, addressing: Addressing, names: Names): string =>
  chat.kind === 'group' ? chat.jid : personJid({ number: chat.number, device: 0 }, addressing, names);

/** The name of a person that `addressing` does not go by. */
export const otherName = (number: string, addressing: Addressing, names: Names): string =>
  addressing === 'lid' ? pnJid(number) : lidJid(names.lidOf(number));

/** The other name of the sender, so that the client learns which LID belongs to which number. */
function alternative(prefix: 'sender' | 'participant', number: string, addressing: Addressing, names: Names) {
  const other = otherName(number, addressing, names);
  return addressing === 'lid' ? { [`${prefix}_pn`]: other, addressing_mode: 'lid' } : { [`${prefix}_lid`]: other };
}

/** A message as the addressed client reads it. */
export function messageStanza(envelope: Envelope, names: Names): BinaryNode {
  const { id, from, chat, addressing, type, category, edit } = envelope;
  const sender = personJid(from, addressing, names);
  const place =
    chat.kind === 'group'
      ? { from: chat.jid, participant: sender, ...alternative('participant', from.number, addressing, names) }
      : {
          from: sender,
          ...alternative('sender', from.number, addressing, names),
          recipient: isOwnCopy(envelope) ? chatJid(chat, addressing, names) : undefined,
        };
  return el(
    'message',
    { id, type, t: String(envelope.sentAt), notify: names.nameOf(from.number), category, edit, ...place },
    [...envelope.sealed.map(({ attrs, bytes }) => el('enc', attrs, bytes)), ...envelope.attachments],
  );
}

/** A receipt as the sender's client reads it: from the bare account, unless one device asks for a retry. */
export function receiptStanza(receipt: Receipt, names: Names): BinaryNode {
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
