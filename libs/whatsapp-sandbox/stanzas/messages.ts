import { isGroup, isLid, parseJid, type Chat, type DeviceAddress } from '../network/address.js';
import { unixSeconds, type Envelope, type Sealed } from '../network/mail.js';
import { bytesOf, child, children, el, type BinaryNode } from '../transport/wire.js';
import type { Client, StanzaHandler } from './client.js';

const REFUSED = 479;
const UNKNOWN_RECIPIENT = 404;
const SLOW_ACK_MS = 1_000;
/** Nodes of a message that its readers get to see. */
const PASSED_ON: readonly string[] = ['device-identity', 'meta'];

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

/** Passes the message on; answers with an error code when there is nobody to pass it to. */
function accept(stanza: BinaryNode, client: Client): number | undefined {
  const { directory } = client.network;
  const chat = chatOf(stanza, client);
  if (chat === undefined) return UNKNOWN_RECIPIENT;
  const { id = '', to, type = 'text', edit, category } = stanza.attrs;
  const common = {
    id,
    from: client.companion.address,
    chat,
    type,
    edit,
    ...(category === 'peer' && { category }),
    sentAt: unixSeconds(),
    attachments: children(stanza).filter(({ tag }) => PASSED_ON.includes(tag)),
  } satisfies Partial<Envelope>;
  const bare = sealedOf(stanza);
  const parts = children(child(stanza, 'participants'), 'to').map((part) => ({
    jid: part.attrs.jid,
    sealed: sealedOf(part),
  }));
  if (bare.length > 0) parts.push({ jid: to, sealed: bare });
  for (const { jid, sealed } of parts) {
    const parsed = parseJid(jid);
    const account = directory.byJid(jid);
    if (!account || !parsed) continue;
    const address: DeviceAddress = { number: account.number, device: parsed.device };
    client.network.deliver({ ...common, to: address, addressing: isLid(parsed) ? 'lid' : 'pn', sealed });
  }
  client.network.parts.changed();
  return undefined;
}

/** The conversation that the stanza belongs to; a resent message names it in `recipient` when it goes to an own device. */
function chatOf({ attrs }: BinaryNode, { network }: Client): Chat | undefined {
  const jid = attrs.recipient ?? attrs.to;
  if (jid !== undefined && isGroup(parseJid(jid))) return undefined;
  const account = network.directory.byJid(jid);
  return account && { kind: 'user', number: account.number };
}

const sealedOf = (node: BinaryNode): readonly Sealed[] =>
  children(node, 'enc').map((enc) => ({ attrs: enc.attrs, bytes: bytesOf(enc) }));
