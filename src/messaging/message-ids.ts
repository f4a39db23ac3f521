import { createHash } from 'node:crypto';
import { isGroup, jidOf, type Person } from '#lib/whatsapp';

/** The jid that a chat goes by: of a person the phone number's, where it is known. */
export const chatJidOf = ({ jid, phoneNumber, lid }: Person): string => {
  if (isGroup(jid)) return jid;
  return phoneNumber === null ? (lid ?? jid) : jidOf(phoneNumber);
};

/**
 * The id of the chat that belongs to an address: always the same for a session, the account (E.164) that it is linked to, and a jid. Reveals
 * none of them. Which chat a person with several addresses is in: see `People`.
 */
export const chatIdOf = (sessionId: string, account: string, chat: string): string =>
  uuidFrom(`chat ${sessionId} ${account} ${chat}`, undefined);

/**
 * The id of a message from WhatsApp: the same however often it is reported. `sentAt` (ISO 8601, by WhatsApp's clock) makes these ids sort
 * by time among the others.
 */
export const receivedIdOf = (sessionId: string, chat: string, whatsappId: string, sentAt: string): string =>
  uuidFrom(`message ${sessionId} ${chat} ${whatsappId}`, Date.parse(sentAt));

/** A UUID derived from a hash: version 7 with a time (in milliseconds), otherwise version 8. */
const uuidFrom = (seed: string, time: number | undefined): string => {
  const bytes = createHash('sha256').update(seed).digest().subarray(0, 16);
  if (time !== undefined) bytes.writeUIntBE(time, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | (time === undefined ? 0x80 : 0x70), 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};
