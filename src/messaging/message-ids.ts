import { idFromParts } from '#lib/ids';
import { isGroup, jidOf, type Person } from '#lib/whatsapp';
import type { MediaRequest } from './content/media-request.js';

/** The jid that a chat, or a person, goes by: of a person the phone number's, where it is known. */
export const chatJidOf = ({ jid, phoneNumber, lid }: Person): string => {
  if (isGroup(jid)) return jid;
  return phoneNumber === null ? (lid ?? jid) : jidOf(phoneNumber);
};

/** All jids that the chat of a person or group may go by. */
export const chatJidsOf = ({ jid, phoneNumber, lid }: Person): readonly string[] =>
  [...new Set([jid, lid, phoneNumber === null ? null : jidOf(phoneNumber)])].filter((each) => each !== null);

/**
 * The id of a message that was not sent from here: the same however often, and with whatever time, WhatsApp delivers it. `authorId` is null
 * where the account's owner wrote it, otherwise the id of the author's own chat: members of a group may use the same WhatsApp id.
 */
export const receivedIdOf = (chatId: string, authorId: string | null, whatsappId: string): string =>
  idFromParts(['message', chatId, authorId, whatsappId]);

/** What a request says of its file: the same wherever the same file would be made from the same source. */
export const askedOf = ({ source, type, form, convert, mimeType, fileName }: MediaRequest): string => {
  const [[from, where] = ['none', '']] = Object.entries(source) as [string, string][];
  return idFromParts([from, where, type, form, convert ? 'convert' : null, mimeType ?? null, fileName ?? null]);
};

/**
 * The id of the file that comes with a message that is sent, or is made for it: the same at every attempt to accept the same request.
 * `asked` is what the request says of its file, since a refused request leaves the message's id to another one. `cleaned` counts the files that were
 * stored for it before, and cleaned.
 */
export const fileIdOf = (messageId: string, asked: string, cleaned: number): string =>
  idFromParts(['file', messageId, asked, String(cleaned)]);
