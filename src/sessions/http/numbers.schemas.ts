import { z } from 'zod';

const maxAskedCharacters = 100;

/**
 * What is no text, or too long for a number, is answered like any other text that is no number. Not by `catch`, which the OpenAPI document
 * cannot show.
 */
const AskedNumber = z.preprocess(
  (value) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, maxAskedCharacters),
  z.string().max(maxAskedCharacters),
);

export const NumbersToCheck = z
  .strictObject({
    sessionId: z.uuid().exactOptional().describe('May be left out if you have one session.'),
    numbers: z
      .array(AskedNumber)
      .min(1)
      .max(50)
      .describe('Phone numbers with their country codes, or addresses `…@s.whatsapp.net`.'),
  })
  .meta({ id: 'NumbersToCheck', examples: [{ numbers: ['+49 170 1234567'] }] });

export const CheckedNumbers = z
  .array(
    z.object({
      number: z.string().describe('E.164, or as it was asked where it is no number.'),
      exists: z
        .boolean()
        .nullable()
        .describe('The number is on WhatsApp. Null where WhatsApp did not answer for it: see `error`.'),
      jid: z.string().nullable(),
      lid: z.string().nullable(),
      error: z
        .string()
        .optional()
        .describe('Why it cannot be a number on WhatsApp, or that WhatsApp did not answer for it.'),
    }),
  )
  .meta({
    id: 'CheckedNumbers',
    description: 'In the order asked.',
    examples: [
      [
        { number: '+491701234567', exists: true, jid: '491701234567@s.whatsapp.net', lid: '338412907716533@lid' },
        {
          number: '0170 1234567',
          exists: false,
          jid: null,
          lid: null,
          error: 'Must begin with the country code: +49 170 1234567 instead of 0170 1234567',
        },
      ],
    ],
  });
