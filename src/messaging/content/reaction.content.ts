import { z } from 'zod';
import type { ContentKind } from './content-kind.js';
import { postedNowhere } from './posted.js';

/** One as people see it, which may be several characters. */
const emoji = new RegExp(String.raw`^\p{RGI_Emoji}$`, 'v'); // no literal: the compiler does not know the flag yet

/** Those that are shown as text unless a selector follows, as many keyboards leave out: ❤ without U+FE0F, say. */
const withoutSelector = /(?=\p{Emoji})(?!\p{Emoji_Presentation}).(?![\uFE0F\p{Emoji_Modifier}])/gu;

/** The emoji, with the selectors that it lacks; undefined where it is none. */
const emojiOf = (text: string): string | undefined =>
  [text, text.replaceAll(withoutSelector, '$&\uFE0F')].find((candidate) => emoji.test(candidate));

const NewReaction = z
  .strictObject({
    messageId: z.uuid().describe('A message of the same chat.'),
    emoji: z
      .string()
      .max(64)
      .refine((text) => text === '' || emojiOf(text) !== undefined, 'Must be one emoji, or empty')
      .describe('Replaces your earlier one; empty takes it back.'),
  })
  .meta({ id: 'NewReaction' });

const recorded = z.object({ type: z.literal('reaction'), messageId: z.uuid(), emoji: z.string() });
const shown = z.object({ messageId: z.uuid(), emoji: z.string() });

const example = { messageId: '0199a3c4-1f00-7000-8000-0000000000d1', emoji: '👍' };

export const reaction = {
  sent: {
    request: NewReaction,
    example,
    contentOf: ({ messageId, emoji: text }) => ({ type: 'reaction', messageId, emoji: emojiOf(text) ?? '' }),
    event: recorded,
  },
  received: null,
  shown: { schema: shown, of: ({ messageId, emoji }) => ({ messageId, emoji }), example },
  wordsOf: () => null,
  answers: ({ messageId }) => messageId,
  mentions: null,
  posted: postedNowhere,
  mediaOf: () => [],
  sentFile: () => undefined,
} satisfies ContentKind<z.output<typeof recorded>, z.output<typeof shown>, z.output<typeof NewReaction>>;
