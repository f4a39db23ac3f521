import { proto, type WAMessage } from '@whiskeysockets/baileys';
import { bareJid, isBroadcastList, isGroup, isStatus, jidOf, personOf, type Person } from '../addresses.js';
import type { UnreadableContent } from '../content/unreadable.js';
import type { Account, EditedContent, MessageKey, Received, Report, Sealed } from '../reports.js';
import { messageIdOf, lineOf, secretOf } from './content/bounded.js';
import { boundedMessage } from './content/bounded-message.js';
import { contentFromWhatsApp } from './content/converters.js';
import { unwrapped } from './content/unwrap.js';
import { contextFromWhatsApp } from './context-from-whatsapp.js';
import type { ReceivedSecrets } from './received-secrets.js';
import { timeFromMilliseconds, timeFromSeconds } from './times.js';

/** Where and how a message is read. */
export type Reading = {
  /** The account of the session that received it. */
  readonly me: Account;
  readonly secrets: Pick<ReceivedSecrets, 'seal'>;
  /** WhatsApp kept it while the session was offline. */
  readonly wasWaiting: boolean;
  /** The other address of the person whom the account's owner wrote to, on the phone. */
  readonly recipientAlt?: string | undefined;
};

/** The report of a received message. Undefined for settings and keys that devices exchange, and where nothing of it was decrypted. */
export const reportFromWhatsApp = (message: WAMessage, reading: Reading): Report | undefined => {
  const received = receivedFrom(message, reading);
  if (!received || !message.message) return undefined;
  const parts = unwrapped(message.message);
  const { protocolMessage, reactionMessage, secretEncryptedMessage, pollUpdateMessage, messageContextInfo } = parts;
  if (protocolMessage) return changeFrom(protocolMessage, received, reading);
  if (secretEncryptedMessage) return sealedEditFrom(secretEncryptedMessage, received);
  if (pollUpdateMessage) return voteFrom(pollUpdateMessage, received, reading);
  if (reactionMessage) {
    const { key, text } = reactionMessage;
    if (!key?.id) return undefined;
    const author = authorOf(key, received);
    return { kind: 'reaction', message: received, whatsappId: messageIdOf(key.id), author, emoji: lineOf(text) };
  }
  const content = contentFromWhatsApp(parts, reading.secrets);
  if (!content) return undefined;
  const secret = secretOf(messageContextInfo?.messageSecret);
  const sealedSecret = secret ? reading.secrets.seal('message', secret) : null;
  const read = { ...received, content, ...contextFromWhatsApp(parts), sealedSecret };
  return { kind: 'message', message: boundedMessage(read) };
};

/** The report of a message of which nothing can be read: it is on record, and replaced where it comes again. */
export const unreadableReport = (
  message: WAMessage,
  reason: UnreadableContent['reason'],
  reading: Reading,
): Report | undefined => {
  const received = receivedFrom(message, reading);
  const nothing = { replyTo: null, mentions: [], referral: null, forwarded: false, sealedSecret: null };
  const content = { type: 'unreadable', reason } as const;
  return received && { kind: 'message', message: { ...received, content, ...nothing } };
};

/** The report that a post in a channel is deleted. WhatsApp names the post by the id of the message. */
export const postRevoked = (message: WAMessage, reading: Reading): Report | undefined => {
  const received = receivedFrom(message, reading);
  const { whatsappId } = received?.key ?? {};
  return received && whatsappId
    ? { kind: 'revoked', message: received, whatsappId, author: received.sender }
    : undefined;
};

/** What an edit says: the same for one that was sealed. */
export const contentOfEdit = (
  { editedMessage, timestampMs }: proto.Message.IProtocolMessage,
  secrets: Reading['secrets'],
): EditedContent | undefined => {
  const parts = unwrapped(editedMessage ?? {});
  const content = contentFromWhatsApp(parts, secrets, true);
  if (!content) return undefined;
  const madeAt = timeFromMilliseconds(timestampMs);
  const { mentions } = contextFromWhatsApp(parts);
  return boundedMessage({ content, mentions, ...(madeAt !== null && { madeAt }) });
};

const changeFrom = (
  change: proto.Message.IProtocolMessage,
  message: Received,
  reading: Reading,
): Report | undefined => {
  if (!change.key?.id) return undefined;
  const whatsappId = messageIdOf(change.key.id);
  if (change.type === proto.Message.ProtocolMessage.Type.REVOKE) {
    const author = revokedAuthor(change.key, message, reading);
    return { kind: 'revoked', message, whatsappId, author };
  }
  if (change.type !== proto.Message.ProtocolMessage.Type.MESSAGE_EDIT) return undefined;
  const edited = contentOfEdit(change, reading.secrets);
  return edited && { kind: 'edited', message, whatsappId, ...edited };
};

/** Who wrote what is reacted to, or voted on. Baileys has turned the key to the view of this account. */
const authorOf = (key: proto.IMessageKey, { key: { fromMe, chat }, ...received }: Received): Person | null => {
  if (key.fromMe) return null;
  if (isGroup(chat)) return key.participant ? personOf(key.participant) : received.sender;
  return fromMe ? received.chat : received.sender;
};

/** Who wrote what is revoked: in a group, an admin may revoke what others wrote. */
const revokedAuthor = (
  { fromMe, participant }: proto.IMessageKey,
  { key, sender }: Received,
  { me }: Reading,
): Person | null => {
  const self = key.fromMe ? null : sender;
  const named = participant ? bareJid(participant) : undefined;
  const isOwn = fromMe === true || named === undefined || isAddressOf(named, sender);
  if (!isGroup(key.chat) || isOwn) return self;
  return isAddressOf(named, personOf(me.jid, me.lid)) ? null : personOf(named);
};

const isAddressOf = (jid: string, { jid: own, lid, phoneNumber }: Person): boolean =>
  jid === own || jid === lid || (phoneNumber !== null && jid === jidOf(phoneNumber));

/** More than the longest text takes. */
const maxSealedBytes = 2 ** 19;

/** Undefined where it cannot be one. */
const sealedFrom = (
  encPayload: Uint8Array | null | undefined,
  encIv: Uint8Array | null | undefined,
): Sealed | undefined => {
  const iv = secretOf(encIv);
  if (!iv || !encPayload || encPayload.length > maxSealedBytes) return undefined;
  return { payload: Buffer.from(encPayload).toString('base64'), iv: Buffer.from(iv).toString('base64') };
};

const sealedEditFrom = (sealed: proto.Message.ISecretEncryptedMessage, message: Received): Report | undefined => {
  const { targetMessageKey, encPayload, encIv, secretEncType } = sealed;
  const isEdit = secretEncType === proto.Message.SecretEncryptedMessage.SecretEncType.MESSAGE_EDIT;
  const edit = sealedFrom(encPayload, encIv);
  if (!isEdit || !targetMessageKey?.id || !edit) return undefined;
  return { kind: 'sealed_edit', message, whatsappId: messageIdOf(targetMessageKey.id), edit };
};

const voteFrom = (
  { pollCreationMessageKey: poll, vote, senderTimestampMs }: proto.Message.IPollUpdateMessage,
  message: Received,
  { me }: Reading,
): Report | undefined => {
  const sealed = sealedFrom(vote?.encPayload, vote?.encIv);
  if (!poll?.id || !sealed) return undefined;
  const author = authorOf(poll, message);
  return {
    kind: 'sealed_vote',
    message,
    whatsappId: messageIdOf(poll.id),
    author,
    pollAuthor: author ?? personOf(me.jid, me.lid),
    vote: sealed,
    castAt: timeFromMilliseconds(senderTimestampMs),
  };
};

const receivedFrom = (message: WAMessage, { me, wasWaiting, recipientAlt }: Reading): Received | undefined => {
  const { id, remoteJid, remoteJidAlt, participant, participantAlt } = message.key;
  if (!id || !remoteJid) return undefined;
  const isOfMany = isGroup(remoteJid) || isStatus(remoteJid);
  // Of a status post, Baileys recognizes the account by its number only.
  const isOwnPost =
    isStatus(remoteJid) && participant != null && isAddressOf(bareJid(participant), personOf(me.jid, me.lid));
  const fromMe = message.key.fromMe === true || isOwnPost;
  const isFromList = isBroadcastList(remoteJid) && !fromMe && participant != null;
  // In messages from the account's own phone, `remoteJidAlt` is the account itself.
  const otherAddress = fromMe ? recipientAlt : remoteJidAlt;
  const chat = isFromList
    ? personOf(participant, participantAlt ?? remoteJidAlt)
    : personOf(remoteJid, isOfMany ? null : otherAddress);
  const key: MessageKey = {
    whatsappId: messageIdOf(id),
    chat: isFromList ? remoteJid : chat.jid,
    fromMe,
    participant: (isOfMany || isFromList) && participant ? bareJid(participant) : null,
  };
  const author = isOfMany && participant ? personOf(participant, participantAlt ?? remoteJidAlt) : chat;
  return {
    key,
    account: me.phoneNumber,
    chat,
    sender: fromMe ? personOf(me.jid, me.lid) : author,
    pushName: lineOf(message.pushName),
    verifiedName: lineOf(message.verifiedBizName),
    sentAt: timeFromSeconds(message.messageTimestamp),
    wasWaiting,
  };
};
