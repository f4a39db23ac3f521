import { DomainError } from '#lib/event-sourcing';
import type { ViewReader, Where } from '#lib/read-models';
import { mediaFiles } from '../media/media-files.contract.js';
import { documentQueryHandler, queryHandler } from '../platform/context-definition.js';
import { withoutExpiredContent } from './expiry.js';
import type { FindNumber, ListChatNames } from './address.contract.js';
import { chats } from './chats/chats.projection.js';
import { withCleanedFiles } from './cleaned-files.js';
import type { GetMessage, ListMessages } from './message-view.contract.js';
import { messageDocuments, messages, type MessageDocument } from './messages.projection.js';
import { addresses } from './people/addresses.projection.js';
import { namesOf } from './people/person-names.js';
import { chatNamesOf, jidsOf, withPeople } from './people/shown.js';
import type { ListNames } from './person.contract.js';
import { withQuoted } from './quoted.js';

/**
 * Those of a person's jids that messages are stored under: most often one, by which an index gives the messages in order. For all users there
 * is no such index.
 */
const withMessages = async (
  models: ViewReader,
  jids: readonly string[],
  userId: string | undefined,
): Promise<readonly string[]> => {
  if (jids.length < 2 || userId === undefined) return jids;
  const pages = await Promise.all(jids.map((chat) => models.find(messages, { where: { userId, chat }, limit: 1 })));
  const inUse = jids.filter((_jid, index) => pages[index]?.data.length === 1);
  return inUse.length > 0 ? inUse : jids.slice(0, 1);
};

/** Messages with what has become known since they were recorded. */
const completed = async (
  models: ViewReader,
  found: readonly MessageDocument[],
  options: Parameters<typeof withPeople>[2] = {},
): Promise<readonly MessageDocument[]> =>
  withCleanedFiles(models, await withQuoted(models, await withPeople(models, found, options)));

export const messagesQueries = {
  FindNumber: queryHandler<FindNumber>({
    reads: [messages, addresses],
    answer: async ({ userId, sessionId, lid }, models) => {
      const known = await models.find(addresses, { where: { userId, sessionId, address: lid }, limit: 1 });
      if (known.data[0]) return known.data[0];
      const written = await models.find(messages, { where: { userId, sessionId, chat: lid }, limit: 1 });
      return written.data.length > 0 ? { phoneNumber: null } : undefined;
    },
  }),
  ListNames: queryHandler<ListNames>({
    reads: [addresses, chats],
    answer: ({ people }, models) => namesOf(models, people),
  }),
  ListChatNames: queryHandler<ListChatNames>({
    reads: [addresses],
    isAnsweredAtOnce: true,
    answer: async ({ userId, of }, models, shownUpTo) => ({ ...(await chatNamesOf(models, of, userId)), shownUpTo }),
  }),
  GetMessage: documentQueryHandler<GetMessage, MessageDocument>({
    of: messageDocuments,
    id: ({ messageId }) => messageId,
    answer: async (found, { userId }, models) => {
      const isTheirs = found && (userId === undefined || found.userId === userId);
      if (isTheirs) {
        const current = await withoutExpiredContent(found, models);
        const [message] = await completed(models, [current], { withRecipients: true });
        if (message) return message;
      }
      throw new DomainError('not_found', 'message_not_found', 'There is no such message');
    },
  }),
  ListMessages: queryHandler<ListMessages>({
    reads: [messages, addresses, chats, mediaFiles],
    answer: async ({ q, chat, chatId, from, to, limit, cursor, ...equal }, models) => {
      const period = { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lt: to }) };
      const jids = chat === undefined ? [] : await jidsOf(models, chat, equal.userId);
      const [jid, ...others] = await withMessages(models, jids, equal.userId);
      const where: Where<MessageDocument> = {
        ...equal,
        ...(jid !== undefined && { chat: others.length === 0 ? jid : { in: [jid, ...others] } }),
        ...(chatId !== undefined && { chatId: { in: (await chatNamesOf(models, chatId, equal.userId)).ids } }),
        ...(Object.keys(period).length > 0 && { createdAt: period }),
      };
      const search = q === undefined ? {} : { search: q };
      const sort = { field: 'position', order: 'desc' } as const;
      const page = await models.find(messages, {
        where,
        ...search,
        sort,
        limit,
        ...(cursor !== undefined && { cursor }),
      });
      return { ...page, data: await completed(models, page.data) };
    },
  }),
};
