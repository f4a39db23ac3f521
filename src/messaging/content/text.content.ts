import { z } from 'zod';
import { contentLimits, parseRecipient } from '#lib/whatsapp';
import { isPlainText } from './characters.rules.js';
import type { ContentKind } from './content-kind.js';
import { line, longText } from './received-values.js';

const maxMentions = 100;

const selection = z.object({ id: line.nullable(), text: longText });

type Text = {
  readonly type: 'text';
  readonly body: string;
  readonly mentions?: readonly string[];
  readonly selection?: z.output<typeof selection>;
};

/** A phone number or LID in the form in which events have it; undefined for anything else. */
const personOf = (mention: string): string | undefined => {
  const recipient = parseRecipient(mention);
  if (recipient?.kind === 'person') return recipient.phoneNumber;
  return recipient?.kind === 'lid' ? recipient.jid : undefined;
};

const NewText = z
  .strictObject({
    body: z
      .string()
      .min(1)
      .max(contentLimits.textCharacters)
      .refine(isPlainText, 'Must not have control characters')
      .refine((body) => body.trim() !== '', 'Must not be blank')
      .describe('Not blank. Tabs and line breaks are the only control characters that are allowed.'),
    previewUrl: z
      .boolean()
      .exactOptional()
      .describe('Accepted, but links are sent without a preview: fetching one would tell the linked server.'),
    mentions: z
      .array(
        z
          .string()
          .max(100)
          .refine((mention) => personOf(mention) !== undefined, 'Must be a phone number or a LID'),
      )
      .max(maxMentions)
      .exactOptional()
      .describe(
        'Phone numbers or LIDs of the people who are mentioned; the body names each one as `@` and its digits.',
      ),
  })
  .meta({ id: 'NewText' });

const Shown = z.object({
  body: z.string(),
  mentions: z.array(z.string()).optional(),
  selection: selection
    .optional()
    .describe('What was chosen from the buttons or the list of an earlier message; `id` is its sender’s name for it.'),
});

export const text = {
  sent: {
    request: NewText,
    example: { body: 'Your parcel is here.' },
    contentOf: ({ body, mentions = [] }) => ({
      type: 'text',
      body,
      mentions: mentions.map((mention) => personOf(mention) ?? mention),
    }),
    event: z.object({
      type: z.literal('text'),
      body: z.string(),
      /** Phone numbers (E.164) or LIDs; the body names each one as `@` and its digits. */
      mentions: z.array(z.string()).readonly(),
    }),
  },
  received: z.object({ type: z.literal('text'), body: longText, selection: selection.exactOptional() }),
  shown: {
    schema: Shown,
    of: ({ body, mentions = [], selection }) => ({
      body,
      ...(mentions.length > 0 && { mentions: [...mentions] }),
      ...(selection && { selection }),
    }),
    example: { body: 'Your parcel is here.' },
  },
  wordsOf: ({ body }) => body,
  forwarded: ({ body, mentions = [] }) => ({ type: 'text', body, mentions }),
  mediaOf: () => [],
} satisfies ContentKind<Text, z.output<typeof Shown>, z.output<typeof NewText>>;
