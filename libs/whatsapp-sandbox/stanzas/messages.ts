import { isGroup, parseJid, type Chat } from '../network/address.js';
import { chatName } from '../phone/inbox.js';
import { unixSeconds, type Envelope, type Sealed } from '../network/mail.js';
import { bytesOf, child, children, el, type BinaryNode } from '../transport/wire.js';
import { MOST_AT_ONCE, type Client, type StanzaHandler } from './client.js';
import { lettersTo, lettersToGroup, type Letter } from './group-message.js';
import { isWord, wordsOf } from './words.js';

const REFUSED = 479;
const MALFORMED = 400;
const UNKNOWN_RECIPIENT = 404;
const NOT_A_MEMBER = 403;
const SLOW_ACK_MS = 1_000;
const LONGEST_IDENTITY = 1_024;

/** A client sends a message: one ciphertext for each device that shall read it, or a bare one for one device. */
export const handleMessage: StanzaHandler = (stanza, client) => {
  const { faults } = client.network.parts;
  const { number } = client.account;
  const refusal = faults.take('nack', number);
  const error = refusal ? (refusal.code ?? REFUSED) : accept(stanza, client);
  const acknowledge = (): void => client.send(ackOf(stanza, error));
  const slow = faults.take('slow-ack', number);
  if (faults.take('lose-ack', number)) return;
  if (slow) setTimeout(acknowledge, slow.ms ?? SLOW_ACK_MS).unref();
  else acknowledge();
};

const ackOf = ({ attrs: { id, to } }: BinaryNode, error: number | undefined): BinaryNode =>
  el('ack', { class: 'message', id, from: to, t: String(unixSeconds()), error: error?.toString() });

/** Passes the message on; answers with an error code when there is nobody to pass it to, or it cannot be passed on. */
function accept(stanza: BinaryNode, client: Client): number | undefined {
  const chat = chatOf(stanza, client);
  if (typeof chat === 'number') return chat;
  const { id = '', type = 'text', edit, category } = stanza.attrs;
  if (![id, type, edit ?? type].every(isWord)) return MALFORMED;
  const common = {
    id,
    from: client.companion.address,
    chat,
    type,
    edit,
    ...(category === 'peer' && chatName(chat) === client.account.number && { category }),
    sentAt: unixSeconds(),
    attachments: attachmentsOf(stanza),
  } satisfies Partial<Envelope>;
  for (const letter of lettersOf(stanza, chat, client)) client.network.deliver({ ...common, ...letter });
  client.network.parts.changed();
  return undefined;
}

/**
 * The conversation that the stanza belongs to, or the code to refuse it with. A resent message names the conversation
 * in `recipient` when it goes to an own device.
 */
function chatOf({ attrs }: BinaryNode, { account, network }: Client): Chat | number {
  const jid = attrs.recipient ?? attrs.to ?? '';
  if (isGroup(parseJid(jid))) {
    const group = network.groups.get(jid);
    if (!group) return UNKNOWN_RECIPIENT;
    return group.has(account.number) ? { kind: 'group', jid } : NOT_A_MEMBER;
  }
  const recipient = network.directory.byJid(jid);
  return recipient ? { kind: 'user', number: recipient.number } : UNKNOWN_RECIPIENT;
}

/** What each device gets. A message that is repeated in a group names the one device that missed it. */
function lettersOf(stanza: BinaryNode, chat: Chat, { companion, network }: Client): readonly Letter[] {
  const { to, participant } = stanza.attrs;
  const bare = sealedOf(stanza);
  const readers = children(child(stanza, 'participants'), 'to');
  if (readers.length > MOST_AT_ONCE) throw new Error('message for too many devices');
  const parts = readers.map((part) => ({
    jid: part.attrs.jid,
    sealed: sealedOf(part),
  }));
  const group = chat.kind === 'group' ? network.groups.get(chat.jid) : undefined;
  if (group && participant === undefined) return lettersToGroup(group, companion.address, parts, bare, network);
  if (bare.length > 0) parts.push({ jid: participant ?? to, sealed: bare });
  const letters = lettersTo(parts, network);
  return group ? letters.filter((letter) => group.has(letter.to.number)) : letters;
}

/** Nodes of a message that its readers get to see, without anything in them that should not be there. */
function attachmentsOf(stanza: BinaryNode): readonly BinaryNode[] {
  const meta = children(stanza, 'meta').slice(0, 1);
  const identities = children(stanza, 'device-identity')
    .map(bytesOf)
    .filter(({ length }) => length <= LONGEST_IDENTITY)
    .slice(0, 1);
  return [
    ...identities.map((bytes) => el('device-identity', {}, Buffer.from(bytes))),
    ...meta.map(({ attrs }) => el('meta', wordsOf(attrs))),
  ];
}

/** The bytes are copied: what waits for a reader must not keep the whole frame. */
const sealedOf = (node: BinaryNode): readonly Sealed[] =>
  children(node, 'enc').map((enc) => ({
    attrs: wordsOf(enc.attrs),
    bytes: Buffer.from(enc.content instanceof Uint8Array ? enc.content : bytesOf(enc)),
  }));
