import { z } from 'zod';
import type { DocumentedProblem } from '../../platform/openapi/answers.js';
import { pageOf, Paging, SearchWords } from '../../platform/http/paging.js';
import { Message } from '../http/messages.schemas.js';
import { present } from '../http/present.js';
import type { ChatView } from './chat.contract.js';

const example = {
  id: '5d0b6f9c-31f4-8b0e-9d2a-4f6a8c1e2b10',
  sessionId: '0199a3c4-1f00-7000-8000-0000000000b1',
  kind: 'person' as const,
  chat: '491701234567@s.whatsapp.net',
  phoneNumber: '+491701234567',
  lid: '123456789012345@lid',
  name: 'Ada',
  pictureUrl: '/v1/chats/5d0b6f9c-31f4-8b0e-9d2a-4f6a8c1e2b10/picture',
  unread: 2,
  archived: false,
  lastMessage: null,
};

export const Chat = z
  .object({
    id: z.uuid(),
    sessionId: z.uuid(),
    kind: z.enum(['person', 'group', 'channel', 'status']).describe('`status`: what was posted from here for a day.'),
    chat: z.string().describe('The person, the group or the status, as WhatsApp addresses them.'),
    phoneNumber: z.string().nullable().describe('E.164, where WhatsApp has told it.'),
    lid: z.string().nullable(),
    name: z
      .string()
      .nullable()
      .describe(
        'The name in the address book of the account, else that of a verified business, else what the person calls themselves. The subject of a group.',
      ),
    pictureUrl: z.string().describe('Where the picture is, if there is one: a path of this service.'),
    unread: z
      .int()
      .describe(
        'How many received messages were not read, here or on the phone. A chat that was marked as unread has one at least.',
      ),
    archived: z.boolean(),
    lastMessage: Message.nullable(),
  })
  .meta({ id: 'Chat', examples: [example] });
export type Chat = z.output<typeof Chat>;

export const ChatPage = pageOf(Chat, 'Chats', example);

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

export const ChatFilter = Paging.extend({
  sessionId: z.uuid().exactOptional(),
  q: SearchWords('the name or the phone number'),
  unread: flag.exactOptional().describe('Only chats with unread messages, or only those without.'),
  archived: flag.exactOptional().describe('Only archived chats, or only the others.'),
});

export const ChatPresence = z
  .strictObject({ state: z.enum(['typing', 'recording', 'paused']) })
  .meta({ id: 'ChatPresence', examples: [{ state: 'typing' }] });

const presence = {
  phoneNumber: '+491701234567',
  lid: '123456789012345@lid',
  state: 'typing' as const,
  lastSeenAt: null,
  at: '2026-11-29T10:00:00.000Z',
};

export const PeoplePresence = z
  .object({
    data: z.array(
      z.object({
        phoneNumber: z.string().nullable(),
        lid: z.string().nullable(),
        state: z.enum(['online', 'offline', 'typing', 'recording']),
        lastSeenAt: z.iso.datetime().nullable().describe('When they were last online, where they show it.'),
        at: z.iso.datetime().describe('When WhatsApp told.'),
      }),
    ),
    next: z.null().describe('All of them are in one answer.'),
  })
  .meta({ id: 'PeoplePresence', examples: [{ data: [presence], next: null }] });

/** What phones send at once. */
const maxHistory = 50;

export const OlderMessages = z
  .strictObject({
    before: z.uuid().exactOptional().describe('A message of this chat; by default the oldest that is here.'),
    count: z.int().min(1).max(maxHistory).default(maxHistory),
  })
  .meta({ id: 'OlderMessages', examples: [{ count: 50 }] });

export const chatNotFound: DocumentedProblem = { status: 404, code: 'chat_not_found', detail: 'There is no such chat' };

export const statusRefused: DocumentedProblem = {
  status: 422,
  code: 'not_for_status',
  detail: 'This is no conversation: nobody types there, and it is not archived',
};

export const channelRefused: DocumentedProblem = { ...statusRefused, code: 'not_for_channel' };

/** A chat as its user sees it. */
export const presentChat = ({ userId: _userId, lastMessage, ...chat }: ChatView): Chat => ({
  ...chat,
  pictureUrl: `/v1/chats/${chat.id}/picture`,
  lastMessage: lastMessage && present(lastMessage),
});
