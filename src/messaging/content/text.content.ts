import { z } from 'zod';
import { contentLimits } from '#lib/whatsapp';
import { isPlainText } from './characters.rules.js';
import type { ContentKind } from './content-kind.js';
import {
  forwardedMentions,
  mentionsShown,
  newMentions,
  recordedMentions,
  requestedMentions,
  shownMentions,
} from './mentions.js';
import { line, longText } from './received-values.js';

const selection = z.object({ id: line.nullable(), text: longText });

type Text = {
  readonly type: 'text';
  readonly body: string;
  readonly mentions?: readonly string[];
  readonly mentionAll?: true;
  readonly selection?: z.output<typeof selection>;
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
    ...newMentions,
  })
  .meta({ id: 'NewText' });

const Shown = z.object({
  body: z.string(),
  ...shownMentions,
  selection: selection
    .optional()
    .describe('What was chosen from the buttons or the list of an earlier message; `id` is its sender’s name for it.'),
});

export const text = {
  sent: {
    request: NewText,
    example: { body: 'Your parcel is here.' },
    contentOf: ({ body, mentions, mentionAll }) => ({
      type: 'text',
      body,
      ...requestedMentions({ ...(mentions && { mentions }), mentionAll: mentionAll === true }),
    }),
    event: z.object({
      type: z.literal('text'),
      body: z.string(),
      ...recordedMentions,
    }),
  },
  received: z.object({ type: z.literal('text'), body: longText, selection: selection.exactOptional() }),
  shown: {
    schema: Shown,
    of: ({ body, selection, ...content }) => ({
      body,
      ...mentionsShown(content),
      ...(selection && { selection }),
    }),
    example: { body: 'Your parcel is here.' },
  },
  wordsOf: ({ body }) => body,
  forwarded: ({ body, ...content }) => ({ type: 'text', body, ...forwardedMentions(content) }),
  mediaOf: () => [],
} satisfies ContentKind<Text, z.output<typeof Shown>, z.output<typeof NewText>>;
