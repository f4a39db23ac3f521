import { z } from 'zod';
import { contentLimits } from '#lib/whatsapp';
import { isPlainLine, isPlainText } from './characters.rules.js';
import type { ContentKind } from './content-kind.js';
import { postedNowhere } from './posted.js';
import { line } from './received-values.js';
import { readVcard, vcardOf, type Card } from './vcard.js';

/** Of what is sent from here: a message is to stay within what a phone shows. */
const limits = { contacts: 100, phones: 20, emails: 20, emailCharacters: 254, wordCharacters: 200 };

const word = z
  .string()
  .min(1)
  .max(limits.wordCharacters)
  .refine(isPlainLine, 'Must not have control characters')
  .refine((text) => text.trim() !== '', 'Must not be blank');
const number = word.refine((text) => /^\+?[\d\s()./*#-]*\d[\d\s()./*#-]*$/.test(text), 'Must be a phone number');
const label = word.refine((text) => /^[\w -]+$/.test(text), 'Must be letters, digits, spaces and dashes');

const NewCard = z
  .strictObject({
    name: word,
    phones: z.array(z.strictObject({ number, label: label.exactOptional() })).max(limits.phones),
    emails: z.array(z.email().max(limits.emailCharacters)).max(limits.emails).exactOptional(),
    organization: word.exactOptional(),
  })
  .refine(
    (card) => vcardOf(card).length <= contentLimits.vcardCharacters,
    `Must be shorter: as a vCard, it has more than ${contentLimits.vcardCharacters} characters`,
  );

const bytesOf = (cards: readonly Card[]): number =>
  cards.reduce((bytes, card) => bytes + Buffer.byteLength(JSON.stringify(vcardOf(card))), 0);

const byFields = z.strictObject({
  contacts: z
    .array(NewCard)
    .min(1)
    .max(limits.contacts)
    .refine(
      (cards) => bytesOf(cards) <= contentLimits.messageBytes,
      `Must be fewer, or shorter: as vCards, they have more than ${contentLimits.messageBytes} bytes`,
    ),
});
const byVcard = z.strictObject({
  vcard: z
    .string()
    .max(contentLimits.vcardCharacters)
    .refine(isPlainText, 'Must not have control characters')
    .refine(
      (vcard) => word.safeParse(readVcard(vcard)?.name).success,
      `Must be a vCard with a name of at most ${limits.wordCharacters} characters`,
    )
    .describe('Sent as it is.'),
});
const NewContact = z.union([byFields, byVcard]).meta({ id: 'NewContact' });

const recorded = z.object({
  type: z.literal('contact'),
  contacts: z
    .array(z.object({ name: line, vcard: z.string().max(contentLimits.vcardCharacters) }))
    .max(contentLimits.contacts)
    .readonly(),
});

const shown = z.object({
  contacts: z.array(
    z.object({
      name: z.string(),
      phones: z
        .array(z.object({ number: z.string(), label: z.string().optional() }))
        .describe('Empty where the vCard cannot be read.'),
      emails: z.array(z.string()).optional(),
      organization: z.string().optional(),
      vcard: z.string(),
    }),
  ),
});

const ada = { name: 'Ada Lovelace', phones: [{ number: '+49 170 1234567', label: 'CELL' }] };

export const contact = {
  sent: {
    request: NewContact,
    example: { contacts: [ada] },
    contentOf: (requested) => ({
      type: 'contact',
      contacts:
        'vcard' in requested
          ? [{ name: readVcard(requested.vcard)?.name ?? '', vcard: requested.vcard }]
          : requested.contacts.map((card) => ({ name: card.name, vcard: vcardOf(card) })),
    }),
    event: recorded,
  },
  received: recorded,
  shown: {
    schema: shown,
    of: ({ contacts }) => ({
      contacts: contacts.map(({ name, vcard }) => {
        const { phones = [], emails, organization } = readVcard(vcard) ?? {};
        return {
          name,
          phones: phones.map((phone) => ({ ...phone })),
          ...(emails && { emails: [...emails] }),
          ...(organization !== undefined && { organization }),
          vcard,
        };
      }),
    }),
    example: { contacts: [{ ...ada, vcard: vcardOf(ada) }] },
  },
  wordsOf: ({ contacts }) => contacts.map(({ name }) => name).join('\n') || null,
  quoted: ({ contacts }) => ({ type: 'contact', names: contacts.map(({ name }) => name) }),
  forwarded: (content) => content,
  mentions: null,
  posted: postedNowhere,
  mediaOf: () => [],
  sentFile: () => undefined,
} satisfies ContentKind<z.output<typeof recorded>, z.output<typeof shown>, z.output<typeof NewContact>>;
