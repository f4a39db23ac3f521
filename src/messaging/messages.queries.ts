import { DomainError } from '#lib/event-sourcing';
import type { Where } from '#lib/read-models';
import { queryHandler } from '../platform/context-definition.js';
import type { GetMessage, ListMessages } from './message-view.contract.js';
import { messages, type MessageDocument } from './messages.projection.js';

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
      const where: Where<MessageDocument> = { ...equal, ...(Object.keys(period).length > 0 && { createdAt: period }) };
      const search = q === undefined ? {} : { search: q };
      const sort = { field: 'position', order: 'desc' } as const;
      return models.find(messages, { where, ...search, sort, limit, ...(cursor !== undefined && { cursor }) });
    },
  }),
};
