import { z } from 'zod';
import { parseRecipient } from '#lib/whatsapp';

/** WhatsApp's own apps take no longer texts. */
const longestText = 65_536;

const unwritable = /[\p{Cc}\p{Cs}]/u;
/** No halves of letters, and no control characters. A pattern would mean something else to whoever reads the document without `u`. */
const isPlain = (text: string): boolean => !unwritable.test(text);
/** The same, but for tabs and ends of lines. */
const isWritable = (text: string): boolean => isPlain(text.replaceAll(/[\t\r\n]/g, ''));

const isPerson = (text: string): boolean => ['person', 'lid'].includes(parseRecipient(text)?.kind ?? '');

const Text = z
  .strictObject({
    body: z
      .string()
      .min(1)
      .max(longestText)
      .refine(isWritable, 'Must not have control characters')
      .refine((body) => body.trim() !== '', 'Must not be blank')
      .describe('Not blank, and without control characters but tabs and ends of lines.'),
    previewUrl: z
      .boolean()
      .exactOptional()
      .describe('Understood, but links are sent without a preview: fetching it would tell the linked server.'),
    mentions: z
      .array(z.string().max(100).refine(isPerson, 'Must be a phone number or a LID'))
      .max(100)
      .exactOptional()
      .describe('Phone numbers or LIDs of who is mentioned; the body names each as `@` and its digits.'),
  })
  .meta({ id: 'NewText' });

export const NewMessage = z
  .strictObject({
    to: z
      .string()
      .min(1)
      .max(100)
      .describe('A phone number with its country code, `…@s.whatsapp.net`, `…@lid`, or a group `…@g.us`.'),
    type: z.literal('text').describe('Names the object beside it.'),
    text: Text,
    sessionId: z.uuid().exactOptional().describe('May be left out where you have one session.'),
    replyTo: z.uuid().exactOptional().describe('The message that this one answers, in the same chat.'),
    reference: z
      .string()
      .min(1)
      .max(200)
      .refine(isPlain, 'Must not have control characters')
      .exactOptional()
      .describe('Yours: kept with the message, never sent.'),
    scheduledAt: z.iso
      .datetime({ offset: true })
      .exactOptional()
      .describe('Not before this time. It counts for the day on which it is accepted.'),
  })
  .meta({
    id: 'NewMessage',
    examples: [
      { to: '+49 170 1234567', type: 'text', text: { body: 'Your parcel is here.' }, reference: 'order-4711' },
      { to: '+491701234567', type: 'text', text: { body: 'Good morning!' }, scheduledAt: '2027-01-01T09:00:00Z' },
    ],
  });
