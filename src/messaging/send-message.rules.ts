import { DomainError } from '#lib/event-sourcing';
import { jidOf, parseAddress, readPhoneNumber, type Recipient } from '#lib/whatsapp';
import type { Quoted } from './message.contract.js';
import type { MessageView } from './message-view.contract.js';

/** Addresses are accepted as they are: WhatsApp named them. Numbers are judged: somebody typed them. @throws {DomainError} `invalid_recipient` */
export const recipientOf = (to: string): Recipient => {
  if (to.includes('@')) return parseAddress(to) ?? invalidRecipient('Must be an address of a person or a group');
  const { phoneNumber, problem } = readPhoneNumber(to);
  if (phoneNumber === undefined || problem !== undefined) return invalidRecipient(problem);
  return { kind: 'person', jid: jidOf(phoneNumber), phoneNumber };
};

const invalidRecipient = (detail = 'Must be a phone number with its country code'): never => {
  throw new DomainError('refused', 'invalid_recipient', `No message can be sent to this recipient. ${detail}`);
};

/** The time in UTC; null where there is none. @throws {DomainError} `scheduled_in_the_past` */
export const scheduleOf = (scheduledAt: string | undefined, now: string): string | null => {
  if (scheduledAt === undefined) return null;
  const time = new Date(scheduledAt).toISOString();
  if (time > now) return time;
  throw new DomainError('refused', 'scheduled_in_the_past', 'The time for which it is scheduled has passed');
};

/** A chat of a session, with the jid that it goes by. */
export type ChatOfSession = { readonly sessionId: string; readonly chatId: string; readonly chat: string };

/**
 * How a message is named by one that answers it. `chatId` is its chat's, as the log has it now.
 * @throws {DomainError} `reply_to_not_found`: it is not in that chat.
 */
export const quotedOf = (message: MessageView | undefined, chatId: string | undefined, to: ChatOfSession): Quoted => {
  if (message?.sessionId !== to.sessionId || chatId !== to.chatId) {
    const detail = 'The message to reply to is not in this chat of the session';
    throw new DomainError('refused', 'reply_to_not_found', detail);
  }
  const { id: messageId, whatsappId, direction, participant = null, text } = message;
  return { messageId, whatsappId, chat: to.chat, fromMe: direction === 'outgoing', participant, text: text ?? '' };
};
