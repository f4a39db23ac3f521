import { z } from 'zod';
import { contentLimits, statusFonts } from '#lib/whatsapp';
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
import { postedAnywhere } from './posted.js';
import { line, longText, url } from './received-values.js';

export const Selection = z.object({ id: line.nullable(), text: longText }).meta({
  id: 'Selection',
  description: 'What was chosen from the buttons or the list of an earlier message; `id` is its sender’s name for it.',
});

const preview = z.object({ url, title: line, description: longText.nullable() });

type Text = {
  readonly type: 'text';
  readonly body: string;
  readonly mentions?: readonly string[];
  readonly mentionAll?: true;
  readonly previewUrl?: true;
  readonly backgroundColor?: string;
  readonly font?: z.output<typeof font>;
  readonly preview?: z.output<typeof preview>;
  readonly selection?: z.output<typeof Selection>;
};

const backgroundColor = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'Must be a colour such as #1FA855');
const font = z.enum(statusFonts);

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
      .describe(
        'Shows a preview of the first http(s) URL in the body. This service fetches it before the message is sent, which tells the linked server; ' +
          'where it cannot be had, the message goes without, and `timeline` says why. An edit has none. Default: false.',
      ),
    backgroundColor: backgroundColor.exactOptional().describe('Of a status post: `#RRGGBB`.'),
    font: font.exactOptional().describe('Of a status post.'),
    ...newMentions,
  })
  .meta({ id: 'NewText' });

const Shown = z.object({
  body: z.string(),
  ...shownMentions,
  previewUrl: z.boolean().optional().describe('A preview of its link was asked for.'),
  backgroundColor: z.string().optional().describe('Of a status post.'),
  font: z.string().optional().describe('Of a status post.'),
  preview: preview.optional().describe('What is shown of the page to which it links.'),
});

export const text = {
  sent: {
    request: NewText,
    example: { body: 'Your parcel is here.' },
    contentOf: ({ body, previewUrl, backgroundColor, font, mentions, mentionAll }) => ({
      type: 'text',
      body,
      ...(previewUrl && { previewUrl }),
      ...(backgroundColor !== undefined && { backgroundColor }),
      ...(font !== undefined && { font }),
      ...requestedMentions({ ...(mentions && { mentions }), mentionAll: mentionAll === true }),
    }),
    event: z.object({
      type: z.literal('text'),
      body: z.string(),
      previewUrl: z.literal(true).exactOptional(),
      backgroundColor: backgroundColor.exactOptional(),
      font: font.exactOptional(),
      ...recordedMentions,
    }),
  },
  received: z.object({
    type: z.literal('text'),
    body: longText,
    selection: Selection.exactOptional(),
    preview: preview.exactOptional(),
  }),
  shown: {
    schema: Shown,
    of: ({ body, selection: _selection, previewUrl, backgroundColor, font, preview, ...content }) => ({
      body,
      ...(previewUrl && { previewUrl }),
      ...(backgroundColor !== undefined && { backgroundColor }),
      ...(font !== undefined && { font }),
      ...(preview && { preview }),
      ...mentionsShown(content),
    }),
    example: { body: 'Your parcel is here.' },
  },
  wordsOf: ({ body }) => body,
  forwarded: ({ body, ...content }) => ({ type: 'text', body, ...forwardedMentions(content) }),
  asEdit: (content) => content,
  mentions: (content) => content,
  posted: postedAnywhere,
  mediaOf: () => [],
  sentFile: () => undefined,
} satisfies ContentKind<Text, z.output<typeof Shown>, z.output<typeof NewText>>;
