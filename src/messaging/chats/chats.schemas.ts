import { z } from 'zod';
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
  unread: 2,
  archived: false,
  lastMessage: null,
};

export const Chat = z
  .object({
    id: z.uuid(),
    sessionId: z.uuid(),
    kind: z.enum(['person', 'group']),
    chat: z.string().describe('The person or group, as WhatsApp addresses them.'),
    phoneNumber: z.string().nullable().describe('E.164, where WhatsApp has told it.'),
    lid: z.string().nullable(),
    name: z
      .string()
      .nullable()
      .describe(
        'The name in the address book of the account, else that of a verified business, else what the person calls themselves. The subject of a group.',
      ),
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

/** A chat as its user sees it. */
export const presentChat = ({ userId: _userId, lastMessage, ...chat }: ChatView): Chat => ({
  ...chat,
  lastMessage: lastMessage && present(lastMessage),
});
