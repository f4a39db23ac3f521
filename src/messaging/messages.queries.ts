import { DomainError, type Query } from '#lib/event-sourcing';
import type { Page, Where } from '#lib/read-models';
import { queryHandler } from '../platform/context-definition.js';
import type { MessageType } from './content.contract.js';
import { messages, type MessageStatus, type MessageView } from './messages.projection.js';

/** Of one user where `userId` is given: another's is not found. @throws {DomainError} `message_not_found` */
export type GetMessage = Query<'GetMessage', { readonly messageId: string; readonly userId?: string }, MessageView>;

/** `from` and `to` (ISO 8601) bound when messages were accepted or received: the first included, the last not. */
export type ListMessages = Query<
  'ListMessages',
  {
    readonly userId?: string;
    readonly sessionId?: string;
    readonly chat?: string;
    readonly direction?: MessageView['direction'];
    readonly status?: MessageStatus;
    readonly type?: MessageType;
    readonly q?: string;
    readonly from?: string;
    readonly to?: string;
    readonly limit: number;
    readonly cursor?: string;
  },
  Page<MessageView>
>;

export const messagesQueries = {
  GetMessage: queryHandler<GetMessage>({
    reads: [messages],
    answer: async ({ messageId, userId }, models) => {
      const message = await models.get(messages, messageId);
      if (message && (userId === undefined || message.userId === userId)) return message;
      throw new DomainError('not_found', 'message_not_found', 'There is no such message');
    },
  }),
  ListMessages: queryHandler<ListMessages>({
    reads: [messages],
    answer: ({ q, from, to, limit, cursor, ...equal }, models) => {
      const period = { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lt: to }) };
      const where: Where<MessageView> = { ...equal, ...(Object.keys(period).length > 0 && { createdAt: period }) };
      const search = q === undefined ? {} : { search: q };
      const sort = { field: 'position', order: 'desc' } as const;
      return models.find(messages, { where, ...search, sort, limit, ...(cursor !== undefined && { cursor }) });
    },
  }),
};
