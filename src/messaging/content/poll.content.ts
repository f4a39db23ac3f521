import { z } from 'zod';
import type { ContentKind } from './content-kind.js';

const received = z.object({
  type: z.literal('poll'),
  question: z.string(),
  options: z.array(z.string()).readonly(),
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
