import { DomainError } from '#lib/event-sourcing';
import { isChannel, isStatus } from '#lib/whatsapp';
import { isForChannels, isForStatus, mentionsIn, type RequestedContent } from './content/kinds.js';
import type { MessageRequest } from './message.contract.js';

/** @throws {DomainError} `not_for_status` */
export const notForStatus = (detail: string): never => {
  throw new DomainError('refused', 'not_for_status', detail);
};

/** @throws {DomainError} `not_for_channel` */
export const notForChannel = (detail: string): never => {
  throw new DomainError('refused', 'not_for_channel', detail);
};

export const mentionsSomebody = (content: RequestedContent): boolean => (mentionsIn(content).mentions ?? []).length > 0;

/**
 * What goes to the status, and only there; and what goes to a channel. `chat` is the jid of the recipient.
 * @throws {DomainError} `recipients_required`, `recipients_need_status`, `not_for_status`, `style_needs_status`, `not_for_channel`
 */
export const assertPost = (
  { content, recipients, replyTo }: Pick<MessageRequest, 'content' | 'recipients' | 'replyTo'>,
  chat: string,
): void => {
  assertStyle(content, chat);
  if (!isStatus(chat)) {
    if (recipients === undefined) return isChannel(chat) ? assertChannelPost({ content, replyTo }) : undefined;
    throw new DomainError('refused', 'recipients_need_status', 'Only a status post has recipients: use `to`');
  }
  if (recipients === undefined || recipients.length === 0) {
    throw new DomainError('refused', 'recipients_required', 'A status post needs `recipients`: the people who get it');
  }
  if (!isForStatus(content)) {
    notForStatus('A status post is a text, an image, a video or a voice message, and can be opened more than once');
  }
  if (replyTo !== undefined) notForStatus('A status post answers nothing');
  if (mentionsSomebody(content)) notForStatus('A status post mentions nobody');
};

const assertChannelPost = ({
  content,
  replyTo,
}: {
  readonly content: RequestedContent;
  readonly replyTo: unknown;
}): void => {
  if (!isForChannels(content)) {
    notForChannel('A post in a channel is a text or a file, not a round video, and can be opened more than once');
  }
  if (replyTo !== undefined) notForChannel('A post in a channel answers nothing');
  if (mentionsSomebody(content)) notForChannel('A post in a channel mentions nobody');
};

/** @throws {DomainError} `style_needs_status` */
export const assertStyle = (content: RequestedContent, chat: string): void => {
  if (isStatus(chat) || content.type !== 'text') return;
  if (content.backgroundColor === undefined && content.font === undefined) return;
  throw new DomainError('refused', 'style_needs_status', 'Only a status post has a background colour or a font');
};
