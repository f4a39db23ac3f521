import { z } from 'zod';
import { event, eventTypes, type Command, type EventOf, type Query } from '#lib/event-sourcing';
import type { Page } from '#lib/read-models';
import type { MessageView } from '../message-view.contract.js';

const time = z.iso.datetime();
const ChatOwner = z.object({ chatId: z.uuid(), userId: z.uuid(), sessionId: z.uuid() });
export type ChatOwner = Readonly<z.output<typeof ChatOwner>>;

/** Where it was done: here, or on a device of the account's owner. */
const via = z.enum(['api', 'phone']);

/** What is done with a chat as a whole. What is in it, the events of its messages say. */
export const chatEvents = eventTypes('chat', {
  ChatArchived: event(ChatOwner.extend({ via, archivedAt: time })),
  ChatUnarchived: event(ChatOwner.extend({ via, unarchivedAt: time })),
  /** Marked as unread, although each of its messages was read. */
  ChatMarkedUnread: event(ChatOwner.extend({ via, markedAt: time })),
  /** It was read after that. */
  ChatUnreadMarkRemoved: event(ChatOwner.extend({ via, removedAt: time })),
  /** The account's other devices were told of what was done here: whether it is archived, or whether it is marked as unread. */
  ChatMarkTold: event(ChatOwner.extend({ mark: z.enum(['archived', 'unread']), toldAt: time })),
});
export type ChatEvent = EventOf<typeof chatEvents>;

/** A chat as queries answer it. */
export type ChatView = {
  readonly id: string;
  readonly userId: string;
  readonly sessionId: string;
  /** `status`: what the account posts for a day. */
  readonly kind: 'person' | 'group' | 'channel' | 'status';
  /** The jid of the person, group or channel, or of the status. */
  readonly chat: string;
  /** E.164. */
  readonly phoneNumber: string | null;
  readonly lid: string | null;
  /** What the account calls the person, or the subject of the group. */
  readonly name: string | null;
  /** How many received messages were not read; one that was marked as unread counts as one. */
  readonly unread: number;
  readonly archived: boolean;
  readonly lastMessage: MessageView | null;
};

/** @throws {DomainError} `chat_not_found`, also where it is another user's */
export type GetChat = Query<'GetChat', { readonly chatId: string; readonly userId: string }, ChatView>;

/** Those with the newest messages first. `q`: words of the name or the number. */
export type ListChats = Query<
  'ListChats',
  {
    readonly userId: string;
    readonly sessionId?: string;
    readonly q?: string;
    readonly unread?: boolean;
    readonly archived?: boolean;
    readonly limit: number;
    readonly cursor?: string;
  },
  Page<ChatView>
>;

/** What can be done with a chat. `read` marks each of its messages as read. */
export type ChatAction = 'read' | 'unread' | 'archive' | 'unarchive';

/**
 * Does it; what is so already changes nothing. The account's other devices are told as soon as the session is connected.
 * @throws {DomainError} `chat_not_found`
 */
export type ChangeChat = Command<
  'ChangeChat',
  { readonly chatId: string; readonly userId: string; readonly action: ChatAction; readonly at?: string },
  void
>;
