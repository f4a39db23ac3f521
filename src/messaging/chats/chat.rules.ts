import { notForStatus } from '../status-posts.rules.js';
import type { ChatView } from './chat.contract.js';

/** The status is no conversation. @throws {DomainError} `not_for_status` */
export const assertConversation = ({ kind }: Partial<Pick<ChatView, 'kind'>>): void => {
  if (kind === 'status') notForStatus('The status is no conversation: nobody types there, and it is not archived');
};
