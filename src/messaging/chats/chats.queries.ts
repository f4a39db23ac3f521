import { DomainError } from '#lib/event-sourcing';
import type { ViewReader, Where } from '#lib/read-models';
import { jidOf } from '#lib/whatsapp';
import { mediaFiles } from '../../media/media-files.contract.js';
import { queryHandler } from '../../platform/context-definition.js';
import { messages } from '../messages.projection.js';
import type { MessageView } from '../message-view.contract.js';
import { addresses } from '../people/addresses.projection.js';
import { withPeople } from '../people/shown.js';
import { withCleanedFiles } from '../cleaned-files.js';
import { withQuoted } from '../quoted.js';
import type { ChatView, GetChat, ListChats } from './chat.contract.js';
import { chats, type ChatDocument } from './chats.projection.js';

/** A chat with those that are shown in it. */
export type Together = { readonly root: ChatDocument; readonly others: readonly ChatDocument[] };

/** The chat in which the one with this id is shown: mostly itself. It may have no message. */
export const findShown = async (models: ViewReader, chatId: string): Promise<ChatDocument | undefined> => {
  let chat = await models.get(chats, chatId);
  for (const passed = new Set([chatId]); chat;) {
    // One that has nothing yet is shown nowhere, but leads somewhere all the same.
    const next = chat.leadsTo ?? (chat.unread === undefined ? chat.sameAs : undefined) ?? undefined;
    if (next === undefined || passed.has(next)) break;
    passed.add(next);
    chat = await models.get(chats, next);
  }
  return chat;
};

/**
 * Selects the messages of a chat. The jids are for an index; they are the same in the chat that another account has with the person, to which
 * the session was linked before.
 */
export const inChat = ({ root, others }: Together) => {
  const all = [root, ...others];
  const { userId, sessionId } = root;
  return {
    userId,
    sessionId,
    chat: { in: all.flatMap(({ chat }) => chat ?? []) },
    chatId: { in: all.map(({ id }) => id) },
  };
};

const messagesById = async (models: ViewReader, ids: readonly string[]): Promise<ReadonlyMap<string, MessageView>> => {
  if (ids.length === 0) return new Map();
  const data = await models.getAll(messages, ids);
  const complete = await withCleanedFiles(models, await withQuoted(models, await withPeople(models, data)));
  return new Map(complete.map((message) => [message.id, message]));
};

const viewsOf = async (models: ViewReader, shown: readonly ChatDocument[]): Promise<readonly ChatView[]> => {
  const lastMessages = await messagesById(
    models,
    shown.flatMap(({ lastMessageId }) => lastMessageId ?? []),
  );
  return shown.map(
    ({
      id,
      userId,
      sessionId,
      kind = 'person',
      chat = '',
      phoneNumber = null,
      lid = null,
      name = null,
      unread = 0,
      isArchived,
      lastMessageId = '',
    }) => ({
      id,
      userId,
      sessionId,
      kind,
      phoneNumber,
      lid,
      chat: phoneNumber === null ? chat : jidOf(phoneNumber),
      name,
      unread,
      archived: isArchived === true,
      lastMessage: lastMessages.get(lastMessageId) ?? null,
    }),
  );
};

const isThere = { lastPosition: { gte: 0 } } as const;

/** The documents of a chat that a user has, be it of a group without messages; `chatId` may be that of one that leads to another. */
export const findChat = async (models: ViewReader, chatId: string, userId: string): Promise<Together | undefined> => {
  const root = await findShown(models, chatId);
  if (root?.userId !== userId || (root.kind !== 'group' && root.lastPosition === undefined)) return undefined;
  const { others = [] } = root;
  return { root, others: others.length === 0 ? [] : await models.getAll(chats, others) };
};

/** @throws {DomainError} `chat_not_found` */
export const noSuchChat = (): never => {
  throw new DomainError('not_found', 'chat_not_found', 'There is no such chat');
};

export const chatsQueries = {
  GetChat: queryHandler<GetChat>({
    reads: [chats, messages, addresses, mediaFiles],
    answer: async ({ chatId, userId }, models) => {
      const found = await findChat(models, chatId, userId);
      const [view] = found ? await viewsOf(models, [found.root]) : [];
      return view ?? noSuchChat();
    },
  }),
  ListChats: queryHandler<ListChats>({
    reads: [chats, messages, addresses, mediaFiles],
    answer: async ({ userId, sessionId, q, unread, archived, limit, cursor }, models) => {
      const where: Where<ChatDocument> = {
        userId,
        ...isThere,
        leadsTo: null,
        ...(sessionId !== undefined && { sessionId }),
        ...(unread !== undefined && { unread: unread ? { gte: 1 } : { lt: 1 } }),
        ...(archived !== undefined && { isArchived: archived ? true : null }),
      };
      const page = await models.find(chats, {
        where,
        ...(q !== undefined && { search: q }),
        // Each message is in one chat, though it may be in another one by the next page.
        sort: { field: 'lastPosition', order: 'desc', isUnique: true },
        limit,
        ...(cursor !== undefined && { cursor }),
      });
      return { ...page, data: await viewsOf(models, page.data) };
    },
  }),
};
