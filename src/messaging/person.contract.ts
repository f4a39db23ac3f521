import { z } from 'zod';
import { event, eventTypes, type EventOf, type Query } from '#lib/event-sourcing';

const name = z.string().nullable();

/** What people are called, as WhatsApp tells an account: a stream for each chat that a person has, or would have. */
export const personEvents = eventTypes('person', {
  /** A name became known, or changed: all that are known now. */
  PersonNamed: event(
    z.object({
      /** The person's chat, or an earlier one that leads there: see the streams of addresses. */
      chatId: z.uuid(),
      userId: z.uuid(),
      sessionId: z.uuid(),
      /** The phone number (E.164) of the account. */
      account: z.string(),
      /** E.164. */
      phoneNumber: z.string().nullable(),
      lid: z.string().nullable(),
      /** In the address book of the account's owner. */
      savedName: name,
      /** Of a business, as WhatsApp has verified it. */
      verifiedName: name,
      /** What they call themselves. */
      pushName: name,
      namedAt: z.iso.datetime(),
    }),
    {
      personal: {
        subject: 'chatId',
        fields: ['account', 'phoneNumber', 'lid', 'savedName', 'verifiedName', 'pushName'],
      },
    },
  ),
});
export type PersonEvent = EventOf<typeof personEvents>;

/** A person in the eyes of one account, whose phone number (E.164) it names. */
export type KnownPerson = {
  readonly sessionId: string;
  readonly account: string;
  readonly phoneNumber: string | null;
  readonly lid: string | null;
};

/** What these people are called, in the same order; null where WhatsApp has not told. */
export type ListNames = Query<'ListNames', { readonly people: readonly KnownPerson[] }, readonly (string | null)[]>;
