import { DomainError } from '#lib/event-sourcing';
import { isAddress, isGroup, jidOf, parseAddress, readPhoneNumber, type Recipient } from '#lib/whatsapp';
import type { RequestedContent } from './content.contract.js';
import { mentionsIn, quotedContentOf } from './content/kinds.js';
import type { Quoted } from './quoted.contract.js';
import type { MessageState } from './message-state.rules.js';
import type { MessageView } from './message-view.contract.js';

/** Addresses are accepted as they are: WhatsApp named them. Numbers are judged: somebody typed them. @throws {DomainError} `invalid_recipient` */
export const recipientOf = (to: string): Recipient => {
  if (isAddress(to)) return parseAddress(to) ?? invalidRecipient('Must be an address of a person or a group');
  const { phoneNumber, problem } = readPhoneNumber(to);
  if (phoneNumber === undefined || problem !== undefined) return invalidRecipient(problem);
  return { kind: 'person', jid: jidOf(phoneNumber), phoneNumber };
};

const invalidRecipient = (detail = 'Must be a phone number with its country code'): never => {
  throw new DomainError('refused', 'invalid_recipient', `No message can be sent to this recipient. ${detail}`);
};

/** @throws {DomainError} `mention_all_needs_group`: everybody is mentioned, and `chat` is no group. */
export const assertMentions = (content: RequestedContent, chat: string): void => {
  if (!mentionsIn(content).mentionAll || isGroup(chat)) return;
  throw new DomainError('refused', 'mention_all_needs_group', 'Everybody can be mentioned in groups only');
};

const dayMs = 24 * 3600 * 1000;

/** The time in UTC; null where there is none. @throws {DomainError} `scheduled_in_the_past`, `scheduled_too_far_ahead` */
export const scheduleOf = (scheduledAt: string | undefined, now: string, maxDaysAhead: number): string | null => {
  if (scheduledAt === undefined) return null;
  const time = new Date(scheduledAt).toISOString();
  if (time <= now) {
    throw new DomainError('refused', 'scheduled_in_the_past', 'The time for which it is scheduled has passed');
  }
  if (Date.parse(time) > Date.parse(now) + maxDaysAhead * dayMs) {
    const detail = `A message can be scheduled at most ${maxDaysAhead} days ahead`;
    throw new DomainError('refused', 'scheduled_too_far_ahead', detail);
  }
  return time;
};

/** A chat of a session, with the jid that it goes by. */
export type ChatOfSession = { readonly sessionId: string; readonly chatId: string; readonly chat: string };

/** A message that another one answers, with its chat and its status as the log has them now. */
type ReplyTarget = {
  readonly message: MessageView;
  readonly chatId: string;
  readonly status: MessageState['status'];
  readonly isRevoked: boolean;
};

/**
 * How a message is named by one that answers it.
 * @throws {DomainError} `reply_to_not_found`: it is not in that chat. `reply_to_not_sent`: its recipient does not have it, and may never.
 * `reply_to_revoked`: a quote would show again what is deleted. `reply_to_reaction`: phones show nothing that a reply could point to.
 */
export const quotedOf = (target: ReplyTarget | undefined, to: ChatOfSession): Quoted => {
  if (target?.message.sessionId !== to.sessionId || target.chatId !== to.chatId) {
    const detail = 'The message to reply to is not in this chat of the session';
    throw new DomainError('refused', 'reply_to_not_found', detail);
  }
  const { message, status, isRevoked } = target;
  if (status === 'canceled' || status === 'scheduled') {
    const detail = `The message to reply to is ${status}: nobody has received it`;
    throw new DomainError('refused', 'reply_to_not_sent', detail);
  }
  if (isRevoked) throw new DomainError('refused', 'reply_to_revoked', 'The message to reply to is deleted');
  if (message.type === 'reaction') {
    throw new DomainError(
      'refused',
      'reply_to_reaction',
      'The message to reply to is a reaction, which nobody can answer',
    );
  }
  const { id: messageId, whatsappId, direction, participant = null, text, file } = message;
  const content = quotedContentOf(message.content, file?.seconds ?? null);
  const key = { messageId, whatsappId, chat: to.chat, fromMe: direction === 'outgoing', participant };
  return { ...key, text: text ?? '', ...(content && { content }) };
};
