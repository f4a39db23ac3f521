import { decider, type Command } from '#lib/event-sourcing';
import { chatEvents, type ChatEvent, type ChatOwner } from './chat.contract.js';

type For<Type extends string> = Command<Type, ChatOwner & { readonly at: string }>;
type ArchiveChat = For<'ArchiveChat'>;
type UnarchiveChat = For<'UnarchiveChat'>;
type MarkChatUnread = For<'MarkChatUnread'>;
type RemoveUnreadMark = For<'RemoveUnreadMark'>;
export type ChatCommand = ArchiveChat | UnarchiveChat | MarkChatUnread | RemoveUnreadMark;

type ChatState = { readonly isArchived: boolean; readonly isMarkedUnread: boolean };

export const chatDecider = decider<ChatCommand, ChatEvent, ChatState>({
  events: chatEvents,
  idOf: ({ data }) => data.chatId,
  initialState: { isArchived: false, isMarkedUnread: false },
  decide: {
    ArchiveChat: ({ at, ...owner }, { isArchived }) =>
      isArchived ? [] : [{ type: 'ChatArchived', data: { ...owner, archivedAt: at } }],
    UnarchiveChat: ({ at, ...owner }, { isArchived }) =>
      isArchived ? [{ type: 'ChatUnarchived', data: { ...owner, unarchivedAt: at } }] : [],
    MarkChatUnread: ({ at, ...owner }, { isMarkedUnread }) =>
      isMarkedUnread ? [] : [{ type: 'ChatMarkedUnread', data: { ...owner, markedAt: at } }],
    RemoveUnreadMark: ({ at, ...owner }, { isMarkedUnread }) =>
      isMarkedUnread ? [{ type: 'ChatUnreadMarkRemoved', data: { ...owner, removedAt: at } }] : [],
  },
  evolve: {
    ChatArchived: (state) => ({ ...state, isArchived: true }),
    ChatUnarchived: (state) => ({ ...state, isArchived: false }),
    ChatMarkedUnread: (state) => ({ ...state, isMarkedUnread: true }),
    ChatUnreadMarkRemoved: (state) => ({ ...state, isMarkedUnread: false }),
  },
});
