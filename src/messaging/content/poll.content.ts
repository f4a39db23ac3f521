import { z } from 'zod';
import { contentLimits } from '#lib/whatsapp';
import type { ContentKind } from './content-kind.js';
import { line } from './received-values.js';

const received = z.object({
  type: z.literal('poll'),
  question: line,
  options: z.array(line).max(contentLimits.pollOptions).readonly(),
  multiple: z.boolean(),
});
const shown = z.object({ question: z.string(), options: z.array(z.string()), multiple: z.boolean() });

export const poll = {
  sent: null,
  received,
  shown: {
    schema: shown,
    of: ({ question, options, multiple }) => ({ question, options: [...options], multiple }),
    example: { question: 'When shall we deliver?', options: ['Morning', 'Evening'], multiple: false },
  },
  wordsOf: () => null,
  mediaOf: () => [],
} satisfies ContentKind<z.output<typeof received>, z.output<typeof shown>>;
