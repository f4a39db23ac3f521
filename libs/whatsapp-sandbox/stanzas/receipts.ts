import { isGroup, isLid, parseJid, type Chat } from '../network/address.js';
import { unixSeconds, type Receipt, type ReceiptKind } from '../network/mail.js';
import type { Confirmable } from '../network/outbox.js';
import { child, children, type BinaryNode } from '../transport/wire.js';
import { MOST_AT_ONCE, type Client, type StanzaHandler } from './client.js';
import { isWord } from './words.js';

/** What the types of a client's receipts tell the other side; the rest concern only this server. */
const TOLD: ReadonlyMap<string, ReceiptKind> = new Map([
  ['', 'delivered'],
  ['inactive', 'delivered'],
  ['read', 'read'],
  ['played', 'played'],
  ['read-self', 'read-self'],
  ['retry', 'retry'],
]);
/** Parts of a retry that reach the sender of the message. */
const RETRY_PARTS: readonly string[] = ['retry', 'registration', 'keys'];

/** A client confirms messages, or asks for one again. */
export const handleReceipt: StanzaHandler = (stanza, client) => {
  const { id = '', type = '' } = stanza.attrs;
  const ids = [id, ...children(child(stanza, 'list'), 'item').map(({ attrs }) => attrs.id ?? '')];
  if (ids.length > MOST_AT_ONCE) throw new Error('receipt for too many messages');
  if (type !== 'retry') for (const each of ids) client.companion.settle('message', each);
  const kind = TOLD.get(type);
  const receipt = kind && receiptOf(stanza, ids, kind, client);
  if (receipt) client.network.confirm(receipt);
};

function receiptOf(
  receipt: BinaryNode,
  ids: readonly string[],
  kind: ReceiptKind,
  { account, companion, network }: Client,
): Receipt | undefined {
  const { attrs } = receipt;
  if (!ids.every(isWord)) return undefined;
  const place = parseJid(attrs.to);
  const author = parseJid(attrs.participant ?? attrs.to);
  const sender = network.directory.byJid(attrs.participant ?? attrs.to);
  if (!author || !sender) return undefined;
  const own = network.directory.byJid(attrs.recipient);
  const chat: Chat = isGroup(place)
    ? { kind: 'group', jid: attrs.to ?? '' }
    : { kind: 'user', number: own?.number ?? account.number };
  return {
    ids,
    kind,
    from: companion.address,
    to: { number: kind === 'read-self' ? account.number : sender.number, device: author.device },
    chat: kind === 'read-self' && chat.kind === 'user' ? { kind: 'user', number: sender.number } : chat,
    addressing: isLid(author) ? 'lid' : 'pn',
    at: unixSeconds(),
    ...(kind === 'retry' && { content: children(receipt).filter(({ tag }) => RETRY_PARTS.includes(tag)) }),
  };
}

const CONFIRMABLE: readonly string[] = ['message', 'receipt', 'notification'] satisfies readonly Confirmable[];

/** A client confirms a stanza without telling anybody; of a message it does so only when it refuses it. */
export const handleAck: StanzaHandler = ({ attrs: { id = '', class: kind = '' } }, { companion }) => {
  if (CONFIRMABLE.includes(kind)) companion.settle(kind as Confirmable, id);
};
