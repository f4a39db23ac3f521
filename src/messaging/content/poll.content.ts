import { z } from 'zod';
import { contentLimits } from '#lib/whatsapp';
import { isPlainLine } from './characters.rules.js';
import type { ContentKind } from './content-kind.js';
import { postedNowhere } from './posted.js';
import { line } from './received-values.js';

/** WhatsApp's own apps let nobody write more. */
const limits = { questionCharacters: 255, optionCharacters: 100, options: 12 };

const shortText = (maxCharacters: number) =>
  z
    .string()
    .min(1)
    .max(maxCharacters)
    .refine(isPlainLine, 'Must not have control characters')
    .refine((text) => text.trim() !== '', 'Must not be blank');

const NewPoll = z
  .strictObject({
    question: shortText(limits.questionCharacters),
    options: z
      .array(shortText(limits.optionCharacters))
      .min(2)
      .max(limits.options)
      .refine((options) => new Set(options).size === options.length, 'Must all be different'),
    multiple: z.boolean().exactOptional().describe('Whether more than one option can be chosen. Default: false.'),
  })
  .meta({ id: 'NewPoll' });

const recorded = z.object({
  type: z.literal('poll'),
  question: line,
  options: z.array(line).max(contentLimits.pollOptions).readonly(),
  multiple: z.boolean(),
});
const shown = z.object({
  question: z.string(),
  options: z.array(z.string()),
  multiple: z.boolean().describe('Whether more than one option can be chosen.'),
  votes: z
    .array(
      z
        .object({
          option: z.string(),
          count: z.int(),
          voters: z
            .array(z.string())
            .describe('Phone numbers (E.164) where they are known, else addresses. The account itself is one of them.'),
        })
        .meta({ id: 'PollOptionVotes' }),
    )
    .describe('The votes for each option, in the order of the options. The last vote of a person counts.'),
});

const example = { question: 'When shall we deliver?', options: ['Morning', 'Evening'], multiple: false };

export const poll = {
  sent: {
    request: NewPoll,
    example,
    contentOf: ({ question, options, multiple = false }) => ({ type: 'poll', question, options, multiple }),
    event: recorded,
  },
  received: recorded,
  shown: {
    schema: shown,
    of: ({ question, options, multiple }) => ({
      question,
      options: [...options],
      multiple,
      votes: options.map((option) => ({ option, count: 0, voters: [] })),
    }),
    example: {
      ...example,
      votes: [
        { option: 'Morning', count: 0, voters: [] },
        { option: 'Evening', count: 1, voters: ['+491701234567'] },
      ],
    },
  },
  wordsOf: ({ question, options }) => [question, ...options].join('\n'),
  quoted: (content) => content,
  mentions: null,
  posted: postedNowhere,
  mediaOf: () => [],
  sentFile: () => undefined,
} satisfies ContentKind<z.output<typeof recorded>, z.output<typeof shown>, z.output<typeof NewPoll>>;
