import { chatWith, isGroupJid, isLidJid, parseJid, statusJid, type Chat } from '../network/address.js';
import { unixSeconds, type DeviceReceipt, type ReceiptKind } from '../network/mail.js';
import type { Confirmable } from '../network/stanza-outbox.js';
import { child, children, type BinaryNode } from '../transport/wire.js';
import { maxItemsPerStanza, type Client, type StanzaHandler } from './client.js';
import { isSafeAttribute } from './safe-attributes.js';

/** Receipt types that are forwarded, and as what; other types only concern the server. */
const forwardedKinds: ReadonlyMap<string, ReceiptKind> = new Map([
  ['', 'delivered'],
  ['inactive', 'delivered'],
  ['read', 'read'],
  ['played', 'played'],
  ['read-self', 'read-self'],
  ['retry', 'retry'],
]);
/** Parts of a retry receipt that are forwarded. */
const retryParts: readonly string[] = ['retry', 'registration', 'keys'];

/** A client confirms messages or requests one again. */
export const handleReceipt: StanzaHandler = (stanza, client) => {
  const { id = '', type = '' } = stanza.attrs;
  if (type === 'server-error') return client.account.phone.files.answerRequest(stanza, client.companion);
  const all = [id, ...children(child(stanza, 'list'), 'item').map(({ attrs }) => attrs.id ?? '')];
  if (all.length > maxItemsPerStanza) throw new Error('receipt for too many messages');
  const kind = forwardedKinds.get(type);
  const canBeLost = kind !== undefined && kind !== 'retry';
  const ids = canBeLost ? all.filter((each) => !isLost(each, client)) : all;
  if (ids.length === 0) return;
  if (kind !== 'retry') for (const each of ids) client.companion.settle('message', each);
  const receipt = kind && receiptOf(stanza, ids, kind, client);
  if (receipt) client.network.confirm(receipt);
};

/** Whether the receipt for a message is lost: then the message is repeated after the next login. */
function isLost(id: string, { account, companion: { outbox }, network }: Client): boolean {
  if (outbox.hasLostReceipt(id)) return true;
  const { faults } = network.parts;
  const fault = faults.isEmpty || !outbox.hasMessage(id) ? undefined : faults.take('lose-receipt', account.number);
  if (!fault) return false;
  outbox.loseReceipt(id, Math.round((fault.ms ?? 0) / 1_000));
  return true;
}

function receiptOf(
  receipt: BinaryNode,
  ids: readonly string[],
  kind: ReceiptKind,
  { account, companion, network }: Client,
): DeviceReceipt | undefined {
  const { attrs } = receipt;
  if (!ids.every(isSafeAttribute)) return undefined;
  const place = parseJid(attrs.to);
  const author = parseJid(attrs.participant ?? attrs.to);
  const sender = network.directory.byJid(attrs.participant ?? attrs.to);
  if (!author || !sender) return undefined;
  const own = network.directory.byJid(attrs.recipient);
  const { to = '' } = attrs;
  const isShared = isGroupJid(place) || to === statusJid;
  const chat: Chat = isShared ? chatWith(to) : { kind: 'user', number: own?.number ?? account.number };
  return {
    ids,
    kind,
    from: companion.address,
    to: { number: kind === 'read-self' ? account.number : sender.number, device: author.device },
    chat: kind === 'read-self' && chat.kind === 'user' ? { kind: 'user', number: sender.number } : chat,
    addressing: isLidJid(author) ? 'lid' : 'pn',
    at: unixSeconds(),
    ...(kind === 'retry' && { content: children(receipt).filter(({ tag }) => retryParts.includes(tag)) }),
  };
}

const confirmableTags: readonly string[] = [
  'message',
  'receipt',
  'notification',
  'call',
] satisfies readonly Confirmable[];

/** A client acknowledges a stanza to the server only. It acknowledges messages only to reject them. */
export const handleAck: StanzaHandler = ({ attrs: { id = '', class: kind = '' } }, { companion }) => {
  if (confirmableTags.includes(kind)) companion.settle(kind as Confirmable, id);
};
