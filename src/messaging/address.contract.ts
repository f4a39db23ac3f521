import { z } from 'zod';
import { event, eventTypes, type Command, type EventOf, type Query } from '#lib/event-sourcing';
import { bareJid, personOf, type NumberCheck } from '#lib/whatsapp';

/**
 * Which addresses are one person, as WhatsApp revealed it: a stream for each address of each account of a session. The person's chat is the
 * one that there was first, whichever address it began with.
 */
export const addressEvents = eventTypes('address', {
  AddressLearned: event(
    z.object({
      /** Of the session, the account and the address: also the id of the chat that the address had before this was known. */
      addressId: z.uuid(),
      userId: z.uuid(),
      sessionId: z.uuid(),
      /** The person's chat, or an earlier one that leads there: see its own stream. */
      chatId: z.uuid(),
      /** The phone number (E.164) of the account that it was revealed to. */
      account: z.string(),
      /** A jid: the LID, the number, or another spelling of it. */
      address: z.string(),
      /** The person's phone number (E.164), as WhatsApp spells it; null where a chat began with a LID whose number is not known. */
      phoneNumber: z.string().nullable(),
      lid: z.string().nullable(),
      learnedAt: z.iso.datetime(),
    }),
    { personal: { subject: 'chatId', fields: ['account', 'address', 'phoneNumber', 'lid'] } },
  ),
});
export type AddressEvent = EventOf<typeof addressEvents>;

/** Where people are known: to one account of a session. `account` is its phone number (E.164). */
export type AccountPlace = { readonly userId: string; readonly sessionId: string; readonly account: string };

/** A person as WhatsApp named them just now. */
export type NamedPerson = {
  readonly phoneNumber: string | null;
  readonly lid: string | null;
  /** Another spelling of the number (E.164), which WhatsApp answered with `phoneNumber`. */
  readonly spelling?: string;
};

/** The person whom WhatsApp named in its answer about a number; undefined where it does not know the number. */
export const namedBy = ({ phoneNumber: spelling, jid, lid }: NumberCheck): NamedPerson | undefined =>
  jid === null
    ? undefined
    : { phoneNumber: personOf(jid).phoneNumber, lid: lid === null ? null : bareJid(lid), spelling };

/** The number that WhatsApp named with a LID to a session, null where it named the LID alone; undefined where it never named it. */
export type FindNumber = Query<
  'FindNumber',
  { readonly userId: string; readonly sessionId: string; readonly lid: string },
  { readonly phoneNumber: string | null } | undefined
>;

/**
 * What may name a chat in the events of a user, or of all users, as far as the view has come (`shownUpTo`): `ids` of chats that are one by then, and
 * jids, where it was named by a phone number or a jid. By its id, it is one chat of one session; by those, the chats with that person in all.
 */
export type ListChatNames = Query<
  'ListChatNames',
  {
    readonly userId?: string;
    /** The id of a chat, a phone number, or a jid. */
    readonly of: string;
  },
  {
    readonly ids: readonly string[];
    readonly jids: readonly string[];
    /** What the log has learned after this position may be missing. */
    readonly shownUpTo: number;
  }
>;

/**
 * Whether numbers (E.164) are on WhatsApp, in their order, as a session with this account hears it. One that WhatsApp does not answer for is left out.
 * What was answered not long ago is not asked again; what WhatsApp reveals of people is recorded.
 * @throws {NotConnected | QueryFailed} of `#lib/whatsapp`
 */
export type CheckNumbers = Command<
  'CheckNumbers',
  AccountPlace & { readonly phoneNumbers: readonly string[] },
  readonly NumberCheck[]
>;
