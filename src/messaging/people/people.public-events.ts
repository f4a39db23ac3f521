import { z } from 'zod';
import { jidOf } from '#lib/whatsapp';
import { always, publicResource } from '../../platform/public-events/public-resource.js';
import { personEvents, type PersonEvent } from '../person.contract.js';

const named = {
  chatId: z.uuid().describe('The chat with them, which there may not be yet.'),
  phoneNumber: z.string().nullable(),
  lid: z.string().nullable(),
};

const Contact = z
  .object({
    ...named,
    name: z.string().nullable().describe('What chats and messages show.'),
    savedName: z.string().nullable().describe('In the address book of the account’s owner.'),
    verifiedName: z.string().nullable().describe('Of a business, as WhatsApp has verified it.'),
    pushName: z.string().nullable().describe('What they call themselves.'),
  })
  .meta({ id: 'Contact' });
type Contact = z.output<typeof Contact>;

/** What users are told of the people that write to their accounts, or are in their address books. */
export const contactPublicEvents = publicResource<PersonEvent, Contact>({
  stream: personEvents,
  evolve: (_before, { data: { chatId, phoneNumber, lid, savedName, verifiedName, pushName } }) => ({
    chatId,
    phoneNumber,
    lid,
    name: savedName ?? verifiedName ?? pushName,
    savedName,
    verifiedName,
    pushName,
  }),
  present: (contact) => contact,
  schema: Contact,
  chatOf: ({ chatId, phoneNumber, lid }) => ({
    id: chatId,
    chat: phoneNumber === null ? (lid ?? '') : jidOf(phoneNumber),
  }),
  types: {
    'contact.updated': { description: 'A name of somebody became known, or changed.', on: { PersonNamed: always } },
  },
});

const ChatPresence = z
  .object({
    ...named,
    chatId: z.uuid(),
    chat: z.string().describe('The person or group, as WhatsApp addresses them.'),
    state: z.enum(['online', 'offline', 'typing', 'recording']),
    lastSeenAt: z.iso.datetime().nullable().describe('When they were last online, where they show it.'),
  })
  .meta({ id: 'ChatPresence' });
export type ChatPresence = z.output<typeof ChatPresence>;

/** Not of the log: see `PresenceNews`. */
export const presencePublicEvents = publicResource<PersonEvent, ChatPresence>({
  stream: personEvents,
  evolve: () => undefined,
  present: (presence) => presence,
  schema: ChatPresence,
  types: {
    'chat.presence': {
      description:
        'Somebody is online, types or records in a chat whose presence was asked for. Live readers who are there get it; webhooks do not, and it is not replayed.',
      isNews: true,
      on: {},
    },
  },
});
