import { chatId, isGroupJid, isLidJid, parseJid, statusJid, type Chat } from '../network/address.js';
import { unixSeconds, type Envelope, type Ciphertext } from '../network/mail.js';
import type { Network } from '../network/network.js';
import { findMedia } from '../phone/content/media.js';
import { unwrap } from '../phone/content/parse.js';
import { nodeBytes, child, children, el, proto, type BinaryNode } from '../transport/wire.js';
import { maxItemsPerStanza, type Client, type StanzaHandler } from './client.js';
import { deliveriesTo, groupDeliveries, statusDeliveries, type DeviceDelivery } from './deliveries.js';
import { isSafeAttribute, safeAttributes } from './safe-attributes.js';

const defaultNackCode = 479;
const badRequest = 400;
const notFound = 404;
const forbidden = 403;
/** Value of `edit` with which an admin of a group revokes a message of somebody else. */
const adminRevoke = '8';
const defaultAckDelayMs = 1_000;
const channelServer = 'newsletter';
const maxDeviceIdentityBytes = 1_024;

/** Handles a message from a client: one ciphertext per recipient device, or a bare one for a single device. */
export const handleMessage: StanzaHandler = (stanza, client) => {
  const { faults } = client.network.parts;
  const { number } = client.account;
  const refusal = faults.takeNack(number, isLidJid(parseJid(stanza.attrs.to)) ? 'lid' : 'pn');
  const error = refusal ? (refusal.code ?? defaultNackCode) : deliver(stanza, client);
  const acknowledge = (): void => client.send(ackOf(stanza, error));
  const slow = faults.take('slow-ack', number);
  if (faults.take('lose-ack', number)) return;
  if (slow) setTimeout(acknowledge, slow.ms ?? defaultAckDelayMs).unref();
  else acknowledge();
};

const ackOf = ({ attrs: { id, to } }: BinaryNode, error: number | undefined): BinaryNode =>
  el('ack', { class: 'message', id, from: to, t: String(unixSeconds()), error: error?.toString() });

/** Delivers the message. Returns an error code if the recipient is unknown or the stanza is malformed. */
function deliver(stanza: BinaryNode, client: Client): number | undefined {
  if (parseJid(stanza.attrs.to)?.server === channelServer) return post(stanza, client);
  const chat = chatOf(stanza, client);
  if (typeof chat === 'number') return chat;
  const { id = '', type = 'text', edit, category } = stanza.attrs;
  if (![id, type, edit ?? type].every(isSafeAttribute)) return badRequest;
  if (edit === adminRevoke && !isAdmin(chat, client)) return forbidden;
  const common = {
    id,
    from: client.companion.address,
    chat,
    type,
    edit,
    ...(category === 'peer' && chatId(chat) === client.account.number && { category }),
    sentAt: unixSeconds(),
    attachments: attachmentsOf(stanza),
  } satisfies Partial<Envelope>;
  for (const delivery of deliveriesOf(stanza, chat, client)) client.network.deliver({ ...common, ...delivery });
  client.network.parts.changed();
  return undefined;
}

/** A post in a channel is not encrypted. */
function post(stanza: BinaryNode, { account, companion, network }: Client): number | undefined {
  const { id = '', to = '', type = 'text', edit } = stanza.attrs;
  const plain = child(stanza, 'plaintext');
  const mediaType = plain?.attrs.mediatype;
  if (!plain || ![id, type, edit ?? type, mediaType ?? type].every(isSafeAttribute)) return badRequest;
  const message = nodeBytes(plain);
  if (!isReadableByAll(message, stanza.attrs.media_id, network)) return badRequest;
  const { device } = companion.address;
  return network.channels.post(account.number, to, { id, type, mediaType, edit, message, device });
}

/** Nobody has the key of an encrypted file. The others are named by their uploads. */
function isReadableByAll(message: Uint8Array, mediaId: string | undefined, { parts }: Network): boolean {
  const part = findMediaIn(message);
  if (!part) return true;
  return !part.mediaKey?.length && mediaId === parts.media?.handleOf({ directPath: part.directPath ?? '' });
}

const findMediaIn = (message: Uint8Array) => {
  try {
    return findMedia(unwrap(proto.Message.decode(message)))?.part;
  } catch {
    return undefined; // it is refused as what it is
  }
};

const isAdmin = (chat: Chat, { account, network }: Client): boolean =>
  chat.kind === 'group' && network.groups.get(chat.jid)?.isAdmin(account.number) === true;

/**
 * The chat of a message, or an error code. A message that is resent to another device of the same account names the chat in
 * `recipient`.
 */
function chatOf({ attrs }: BinaryNode, { account, network }: Client): Chat | number {
  const jid = attrs.recipient ?? attrs.to ?? '';
  if (jid === statusJid) return { kind: 'status' };
  if (isGroupJid(parseJid(jid))) {
    const group = network.groups.get(jid);
    if (!group) return notFound;
    const mayWrite = group.has(account.number) && (!group.settings.announce || group.isAdmin(account.number));
    return mayWrite ? { kind: 'group', jid } : forbidden;
  }
  const recipient = network.directory.byJid(jid);
  return recipient ? { kind: 'user', number: recipient.number } : notFound;
}

/** The ciphertexts per device. A message that is resent in a group names the one device that requested it. */
function deliveriesOf(stanza: BinaryNode, chat: Chat, { companion, network }: Client): readonly DeviceDelivery[] {
  const { to, participant } = stanza.attrs;
  const bare = ciphertextsOf(stanza);
  const readers = children(child(stanza, 'participants'), 'to');
  if (readers.length > maxItemsPerStanza) throw new Error('message for too many devices');
  const parts = readers.map((part) => ({
    jid: part.attrs.jid,
    ciphertexts: ciphertextsOf(part),
  }));
  const group = chat.kind === 'group' ? network.groups.get(chat.jid) : undefined;
  if (group && participant === undefined) return groupDeliveries(group, companion.address, parts, bare, network);
  if (chat.kind === 'status' && participant === undefined)
    return statusDeliveries(companion.address, parts, bare, network);
  if (bare.length > 0) parts.push({ jid: participant ?? to, ciphertexts: bare });
  const deliveries = deliveriesTo(parts, network);
  return group ? deliveries.filter(({ to }) => group.has(to.number)) : deliveries;
}

/** Nodes that are passed on to the recipients, reduced to known content. */
function attachmentsOf(stanza: BinaryNode): readonly BinaryNode[] {
  const meta = children(stanza, 'meta').slice(0, 1);
  const identities = children(stanza, 'device-identity')
    .map(nodeBytes)
    .filter(({ length }) => length <= maxDeviceIdentityBytes)
    .slice(0, 1);
  return [
    ...identities.map((bytes) => el('device-identity', {}, Buffer.from(bytes))),
    ...meta.map(({ attrs }) => el('meta', safeAttributes(attrs))),
  ];
}

/** Copies the bytes: a queued ciphertext must not keep the whole frame in memory. */
const ciphertextsOf = (node: BinaryNode): readonly Ciphertext[] =>
  children(node, 'enc').map((enc) => ({
    attrs: safeAttributes(enc.attrs),
    bytes: Buffer.from(enc.content instanceof Uint8Array ? enc.content : nodeBytes(enc)),
  }));
