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

const maxOfPerson = 1000;

/** A chat with those that lead to it, whose messages it shows, too. */
export type Together = { readonly root: ChatDocument; readonly others: readonly ChatDocument[] };

/** The chats that lead to these, also by others. */
const leadingTo = async (models: ViewReader, ids: readonly string[]): Promise<ReadonlyMap<string, ChatDocument[]>> => {
  const rootOf = new Map(ids.map((id) => [id, id]));
  const others = new Map<string, ChatDocument[]>();
  for (let next: readonly string[] = ids; next.length > 0;) {
    const { data } = await models.find(chats, { where: { leadsTo: { in: next } }, limit: maxOfPerson });
    const found = data.filter(({ id }) => !rootOf.has(id));
    for (const chat of found) {
      const root = rootOf.get(chat.leadsTo ?? '') ?? chat.id;
      rootOf.set(chat.id, root);
      others.set(root, [...(others.get(root) ?? []), chat]);
    }
    next = found.map(({ id }) => id);
  }
  return others;
};

const together = async (models: ViewReader, roots: readonly ChatDocument[]): Promise<readonly Together[]> => {
  const others = await leadingTo(
    models,
    roots.map(({ id }) => id),
  );
  return roots.map((root) => ({ root, others: others.get(root.id) ?? [] }));
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

const newestOf = ({ root, others }: Together): ChatDocument =>
  others.reduce((newest, one) => ((one.lastPosition ?? 0) > (newest.lastPosition ?? 0) ? one : newest), root);

const messagesById = async (models: ViewReader, ids: readonly string[]): Promise<ReadonlyMap<string, MessageView>> => {
  if (ids.length === 0) return new Map();
  const data = await models.getAll(messages, ids);
  const complete = await withCleanedFiles(models, await withQuoted(models, await withPeople(models, data)));
  return new Map(complete.map((message) => [message.id, message]));
};

const viewsOf = async (models: ViewReader, all: readonly Together[]): Promise<readonly ChatView[]> => {
  const lastIds = all.map((each) => newestOf(each).lastMessageId ?? '');
  const lastMessages = await messagesById(
    models,
    lastIds.filter((id) => id !== ''),
  );
  return all.map(({ root, others }, index) => {
    const { id, userId, sessionId, kind = 'person', chat = '', phoneNumber = null, lid = null, name } = root;
    return {
      id,
      userId,
      sessionId,
      kind,
      phoneNumber,
      lid,
      chat: phoneNumber === null ? chat : jidOf(phoneNumber),
      name: name ?? others.find((other) => typeof other.name === 'string')?.name ?? null,
      unread: [root, ...others].reduce((sum, { unread }) => sum + unread, 0),
      archived: root.isArchived === true,
      lastMessage: lastMessages.get(lastIds[index] ?? '') ?? null,
    };
  });
};

const isThere = { lastPosition: { gte: 0 } } as const;

/** The documents of a chat that a user has, be it of a group without messages; `chatId` may be that of one that leads to another. */
export const findChat = async (models: ViewReader, chatId: string, userId: string): Promise<Together | undefined> => {
  let root = await models.get(chats, chatId);
  for (let steps = 0; root?.leadsTo !== undefined && root.leadsTo !== root.id && steps < maxOfPerson; steps += 1) {
    root = (await models.get(chats, root.leadsTo)) ?? { ...root, leadsTo: root.id };
  }
  if (root?.userId !== userId) return undefined;
  const [found] = await together(models, [root]);
  return found && (found.root.kind === 'group' || newestOf(found).lastPosition !== undefined) ? found : undefined;
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
      const [view] = found ? await viewsOf(models, [found]) : [];
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
        sort: { field: 'lastPosition', order: 'desc' },
        limit,
        ...(cursor !== undefined && { cursor }),
      });
      return { ...page, data: await viewsOf(models, await together(models, page.data)) };
    },
  }),
};
