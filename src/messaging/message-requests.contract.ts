import type { AnswerOf, Command } from '#lib/event-sourcing';
import type { OutgoingContent } from './content.contract.js';
import type { MessageRequest, SendMessage } from './message.contract.js';

/** Like `SendMessage`, of another message: `of` is its id. */
type SendAgain<Type extends string, More = object> = Command<
  Type,
  More & { readonly messageId: string; readonly userId: string; readonly of: string },
  AnswerOf<SendMessage>
>;

/**
 * Sends a message that has failed anew, as another message, whatever became of the first.
 * @throws {DomainError} as `SendMessage`; `message_not_found`, `message_not_failed`
 */
export type RetryMessage = SendAgain<'RetryMessage'>;

/**
 * Sends what a message says now to somebody else, marked as forwarded. By default from the session that has the message.
 * @throws {DomainError} as `SendMessage`; `message_not_found`, `message_not_forwardable`, `message_revoked`
 */
export type ForwardMessage = SendAgain<
  'ForwardMessage',
  Pick<MessageRequest, 'to' | 'recipients' | 'sessionId' | 'reference'>
>;

/**
 * Changes what a text that was sent says, on everybody's phone. Durable once it resolves: the change is sent when the session is connected.
 * @throws {DomainError} `message_not_found`, `message_not_own`, `message_not_sent`, `message_not_editable`, `message_revoked`, `too_late`,
 * `account_changed`, `session_not_found`, `session_not_linked`
 */
export type EditMessage = Command<
  'EditMessage',
  {
    readonly messageId: string;
    readonly userId: string;
    readonly content: OutgoingContent;
    readonly at?: string;
  }
>;

/**
 * Deletes a message that was sent, from everybody's phone. Otherwise like `EditMessage`; one that is deleted already changes nothing.
 * @throws {DomainError} `message_not_found`, `message_not_own`, `message_not_sent`, `too_late`, `account_changed`, `session_not_found`,
 * `session_not_linked`
 */
export type RevokeMessage = Command<
  'RevokeMessage',
  { readonly messageId: string; readonly userId: string; readonly at?: string }
>;

/**
 * Says that a received message was read, or played (and so read). Its sender hears of it as soon as the session is connected, unless that was
 * on a device of the account's owner (`via`). Repeated, it changes nothing.
 * @throws {DomainError} `message_not_found`, `message_not_received`
 */
export type MarkMessage = Command<
  'MarkMessage',
  {
    readonly messageId: string;
    readonly userId: string;
    readonly as: 'read' | 'played';
    readonly via?: 'api' | 'phone';
    readonly at?: string;
  }
>;
