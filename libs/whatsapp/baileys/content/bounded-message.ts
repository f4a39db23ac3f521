import { contentLimits, type ReceivedContent } from '../../content.js';
import type { ReceivedMessage } from '../../reports.js';

type Message = Pick<ReceivedMessage, 'content' | 'mentions'> & Partial<Pick<ReceivedMessage, 'referral'>>;
type Contacts = Extract<ReceivedContent, { readonly type: 'contact' }>;

/**
 * A message, or an edit of one, as it fits into an event. Each part of it is bounded in characters, and all together may be more than a store
 * takes: cards that do not fit are left out then, and of anything else remains what it was.
 */
export const boundedMessage = <Given extends Message>(message: Given): Given => {
  if (bytesOf(message) <= contentLimits.messageBytes) return message;
  const { content } = message;
  if (content.type === 'contact') {
    const contacts = cardsWithin(contentLimits.messageBytes - bytesOf({ ...message, content: null }), content);
    if (contacts.length > 0) return { ...message, content: { ...content, contacts } };
  }
  const nothing = { ...('referral' in message && { referral: null }), mentions: [] };
  return { ...message, ...nothing, content: { type: 'unsupported', rawType: content.type } };
};

/** The first ones that fit. */
const cardsWithin = (bytes: number, { contacts, ...rest }: Contacts): Contacts['contacts'] => {
  let room = bytes - bytesOf({ ...rest, contacts: [] });
  const tooMany = contacts.findIndex((contact) => (room -= bytesOf(contact) + 1) < 0);
  return tooMany === -1 ? contacts : contacts.slice(0, tooMany);
};

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value), 'utf8');
