import { decider, type Command } from '#lib/event-sourcing';
import { chatEvents, type ChatEvent, type ChatOwner } from './chat.contract.js';

/** `at` is ISO 8601. */
type For<Type extends string, More = { readonly via: 'api' | 'phone' }> = Command<
  Type,
  ChatOwner & More & { readonly at: string }
>;
type ArchiveChat = For<'ArchiveChat'>;
type UnarchiveChat = For<'UnarchiveChat'>;
type MarkChatUnread = For<'MarkChatUnread'>;
type RemoveUnreadMark = For<'RemoveUnreadMark'>;
/** Records that the account's other devices were told. */
export type RecordChatMarkTold = For<'RecordChatMarkTold', { readonly mark: 'archived' | 'unread' }>;
export type ChatCommand = ArchiveChat | UnarchiveChat | MarkChatUnread | RemoveUnreadMark | RecordChatMarkTold;

type ChatState = {
  readonly archived: boolean;
  readonly unread: boolean;
  /** What was done here, of which the other devices do not know yet. */
  readonly untold: { readonly archived?: true; readonly unread?: true };
};

export const chatDecider = decider<ChatCommand, ChatEvent, ChatState>({
  events: chatEvents,
  idOf: ({ data }) => data.chatId,
  initialState: { archived: false, unread: false, untold: {} },
  decide: {
    ArchiveChat: ({ at, ...chat }, { archived }) =>
      archived ? [] : [{ type: 'ChatArchived', data: { ...chat, archivedAt: at } }],
    UnarchiveChat: ({ at, ...chat }, { archived }) =>
      archived ? [{ type: 'ChatUnarchived', data: { ...chat, unarchivedAt: at } }] : [],
    MarkChatUnread: ({ at, ...chat }, { unread }) =>
      unread ? [] : [{ type: 'ChatMarkedUnread', data: { ...chat, markedAt: at } }],
    RemoveUnreadMark: ({ at, ...chat }, { unread }) =>
      unread ? [{ type: 'ChatUnreadMarkRemoved', data: { ...chat, removedAt: at } }] : [],
    RecordChatMarkTold: ({ at, ...told }, { untold }) =>
      untold[told.mark] ? [{ type: 'ChatMarkTold', data: { ...told, toldAt: at } }] : [],
  },
  evolve: {
    ChatArchived: (state, { via }) => withMark(state, 'archived', true, via),
    ChatUnarchived: (state, { via }) => withMark(state, 'archived', false, via),
    ChatMarkedUnread: (state, { via }) => withMark(state, 'unread', true, via),
    ChatUnreadMarkRemoved: (state, { via }) => withMark(state, 'unread', false, via),
    ChatMarkTold: (state, { mark }) => ({ ...state, untold: without(state.untold, mark) }),
  },
});

type Mark = 'archived' | 'unread';

/** What the phone does counts, whatever it was still to be told. */
const withMark = (state: ChatState, mark: Mark, value: boolean, via: 'api' | 'phone'): ChatState => ({
  ...state,
  [mark]: value,
  untold: via === 'api' ? { ...state.untold, [mark]: true } : without(state.untold, mark),
});

const without = ({ archived, unread }: ChatState['untold'], mark: Mark): ChatState['untold'] =>
  mark === 'archived' ? { ...(unread && { unread }) } : { ...(archived && { archived }) };
