import { notForChannel, notForStatus } from '../status-posts.rules.js';
import type { ChatView } from './chat.contract.js';

const noConversation = 'This is no conversation: nobody types there, and it is not archived';

type OfKind = Partial<Pick<ChatView, 'kind'>>;

/** The status is none, nor is a channel. */
export const isConversation = ({ kind }: OfKind): boolean => kind !== 'status' && kind !== 'channel';

/** The status is no conversation, nor is a channel. @throws {DomainError} `not_for_status`, `not_for_channel` */
export const assertConversation = ({ kind }: OfKind): void => {
  if (kind === 'status') notForStatus(noConversation);
  if (kind === 'channel') notForChannel(noConversation);
};
