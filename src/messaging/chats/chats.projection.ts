import { projection, type OfType } from '#lib/event-sourcing';
import { collection, decrement, increment, patch, removeAll, type Fields, type Write } from '#lib/read-models';
import { isChannel, isGroup, isOfPerson, isStatus, parseAddress } from '#lib/whatsapp';
import { groupEvents, type GroupEvent, type GroupFacts, type GroupOwner } from '../../groups/group.contract.js';
import { addressEvents, type AddressEvent } from '../address.contract.js';
import { erasureEvents, type ErasureEvent } from '../erasure.contract.js';
import { messageEvents, type MessageEvent, type MessageEventData } from '../message.contract.js';
import { personEvents, type PersonEvent } from '../person.contract.js';
import { chatEvents, type ChatEvent, type ChatOwner } from './chat.contract.js';

/** What the events say of the chat with this id alone. */
type OwnFields = {
  readonly ownUnread?: number;
  /** Its last message, and where that was queued or received in the log. */
  readonly ownLastMessageId?: string;
  readonly ownLastPosition?: number;
  readonly ownName?: string | null;
  readonly ownHasWritten?: true;
  /** The chat that the same person has beside this one, or an earlier one that leads there. */
  readonly sameAs?: string | null;
};

/** What is shown of all chats of one person that became one. Only the one that is shown has these. */
type WholeFields = {
  /** The ids of those whose messages it shows beside its own. */
  readonly others?: readonly string[];
  readonly unread?: number;
  readonly lastMessageId?: string;
  readonly lastPosition?: number;
  /** What the account calls the person, or the subject of the group. */
  readonly name?: string;
  /** A person who wrote at least once. */
  readonly hasWritten?: true;
};

/** A chat as it is stored. One without a message, of which only an address is known, is no chat yet. */
export type ChatDocument = OwnFields &
  WholeFields & {
    readonly id: string;
    readonly userId: string;
    readonly sessionId: string;
    /** The phone number (E.164) of the account; absent where nothing but a mark of the chat is known. */
    readonly account?: string;
    readonly kind?: 'person' | 'group' | 'channel' | 'status';
    /** A jid. */
    readonly chat?: string;
    readonly phoneNumber?: string;
    readonly lid?: string;
    /** Absent or null: it is not. */
    readonly isArchived?: true | null;
    readonly isMarkedUnread?: true | null;
    /** The account's other devices do not know yet whether it is archived, or marked as unread. */
    readonly untoldArchived?: true | null;
    readonly untoldUnread?: true | null;
    /** The chat in which this one is shown. */
    readonly leadsTo?: string;
  };

/** The chats of all users. */
export const chats = collection<ChatDocument>({
  name: 'chats',
  version: 8,
  indexes: [
    ['userId', 'lastPosition'],
    ['userId', 'sessionId', 'lastPosition'],
    ['sessionId', 'account', 'untoldArchived'],
    ['sessionId', 'account', 'untoldUnread'],
  ],
  search: ['name', 'phoneNumber'],
  searchWithin: 'userId',
  owners: ['userId'],
  joined: {
    leadsBy: 'sameAs',
    shownIn: 'leadsTo',
    others: 'others',
    combined: {
      unread: { sum: 'ownUnread' },
      lastMessageId: { newest: 'ownLastMessageId', by: 'ownLastPosition' },
      lastPosition: { newest: 'ownLastPosition', by: 'ownLastPosition' },
      name: { first: 'ownName' },
      hasWritten: { first: 'ownHasWritten' },
    },
  },
});

/** A number cannot be taken from a document and given back: each event tells by how much it changes. */
const counted = (chatId: string, unread: number, set: Fields = {}): Write =>
  increment(chatId, { ownUnread: unread }, set);

/** Not below 0: old events do not say whether the message was counted. */
const oneRead = (chatId: string): Write => decrement(chatId, { ownUnread: 1 });

const kindOf = (chat: string): NonNullable<ChatDocument['kind']> => {
  if (isStatus(chat)) return 'status';
  if (isChannel(chat)) return 'channel';
  return isGroup(chat) ? 'group' : 'person';
};

/** What a jid tells of a person. */
const addressIn = (chat: string): Pick<ChatDocument, 'phoneNumber' | 'lid'> => {
  const named = parseAddress(chat);
  if (named?.kind === 'person') return { phoneNumber: named.phoneNumber };
  return named?.kind === 'lid' ? { lid: named.jid } : {};
};

type Written = MessageEventData<'MessageQueued'> | MessageEventData<'MessageReceived'>;

/** What a message tells of the chat that it is the last one of. */
const chatOf = ({ messageId, userId, sessionId, account, chatId, chat }: Written, position: number) => ({
  id: chatId,
  userId,
  sessionId,
  account,
  chat,
  kind: kindOf(chat),
  ownLastMessageId: messageId,
  ownLastPosition: position,
  ...addressIn(chat),
});

const queued = (data: MessageEventData<'MessageQueued'>, position: number): Write =>
  counted(data.chatId, 0, chatOf(data, position));

const received = (data: MessageEventData<'MessageReceived'>, position: number): Write => {
  const { chatId, chat, fromMe } = data;
  const isBySubject = !fromMe && isOfPerson(chat);
  const { phoneNumber, lid } = data.sender;
  return counted(chatId, fromMe ? 0 : 1, {
    ...chatOf(data, position),
    ...(isBySubject && phoneNumber !== null && { phoneNumber }),
    ...(isBySubject && lid !== null && { lid }),
    ...(!fromMe && { ownHasWritten: true }),
  });
};

/** An older message changes nothing in the list of chats. */
const pastReceived = ({ chatId, fromMe }: MessageEventData<'MessageReceived'>): readonly Write[] =>
  fromMe ? [] : [patch(chatId, { ownHasWritten: true })];

/** Also where there is nothing of the other chat: its messages may come later. */
const learned = (data: OfType<AddressEvent, 'AddressLearned'>['data']): readonly Write[] => {
  const { addressId, userId, sessionId, account, chatId, phoneNumber, lid } = data;
  const known = {
    id: chatId,
    userId,
    sessionId,
    account,
    ...(phoneNumber !== null && { phoneNumber }),
    ...(lid !== null && { lid }),
  };
  return addressId === chatId
    ? [counted(chatId, 0, { ...known, sameAs: null })]
    : [counted(chatId, 0, known), counted(addressId, 0, { id: addressId, userId, sessionId, sameAs: chatId })];
};

/** A person without messages is no chat yet, but has a name for when they are one, and where they write in groups. */
const personNamed = (data: OfType<PersonEvent, 'PersonNamed'>['data']): Write => {
  const { chatId: id, userId, sessionId, account, phoneNumber, lid, savedName, verifiedName, pushName } = data;
  const name = savedName ?? verifiedName ?? pushName;
  return counted(id, 0, {
    id,
    userId,
    sessionId,
    account,
    ownName: name,
    ...(phoneNumber !== null && { phoneNumber }),
    ...(lid !== null && { lid }),
  });
};

/** A group without messages is in no list of chats, but can be asked for, and has its name. */
const named = ({ groupId: id, userId, sessionId, chat, subject }: GroupOwner & Pick<GroupFacts, 'subject'>): Write =>
  counted(id, 0, { id, userId, sessionId, chat, kind: 'group', ownName: subject });

type Marked = ChatOwner & { readonly via: 'api' | 'phone' };

/** The phone may archive a chat without messages here. */
const archived = ({ chatId: id, userId, sessionId, via }: Marked, isArchived: true | null): Write =>
  counted(id, 0, { id, userId, sessionId, isArchived, untoldArchived: via === 'api' ? true : null });

const markedUnread = ({ chatId: id, userId, sessionId, via }: Marked, isMarkedUnread: true | null): Write =>
  counted(id, isMarkedUnread ? 1 : -1, {
    id,
    userId,
    sessionId,
    isMarkedUnread,
    untoldUnread: via === 'api' ? true : null,
  });

type Events = MessageEvent | AddressEvent | PersonEvent | ChatEvent | GroupEvent | ErasureEvent;

export const chatsProjection = projection<Events, ChatDocument>({
  into: chats,
  from: [messageEvents, addressEvents, personEvents, chatEvents, groupEvents, erasureEvents],
  on: {
    MessageQueued: ({ data, position }) => queued(data, position),
    MessageReceived: ({ data, position }) => (data.history ? pastReceived(data) : received(data, position)),
    MessageMarked: ({ data: { chatId, as, history } }) => (as === 'read' && !history ? oneRead(chatId) : []),
    AddressLearned: ({ data }) => learned(data),
    PersonNamed: ({ data }) => personNamed(data),
    GroupJoined: ({ data }) => named(data),
    GroupUpdated: ({ data }) => named(data),
    ChatArchived: ({ data }) => archived(data, true),
    ChatUnarchived: ({ data }) => archived(data, null),
    ChatMarkedUnread: ({ data }) => markedUnread(data, true),
    ChatUnreadMarkRemoved: ({ data }) => markedUnread(data, null),
    ChatMarkTold: ({ data: { chatId, mark } }) =>
      patch(chatId, mark === 'archived' ? { untoldArchived: null } : { untoldUnread: null }),
    UserMessagesErased: ({ data }) => removeAll('userId', data.userId),
  },
});
