import { contentLimits } from '../../content/limits.js';
import { lineOf } from './bounded.js';
import type { ContentConverter } from './converter.js';

/** WhatsApp's word for any number of them. */
const anyNumber = 0;

export const poll: ContentConverter<'poll'> = {
  toWhatsApp: ({ question, options, multiple }) => ({
    poll: { name: question, values: [...options], selectableCount: multiple ? anyNumber : 1 },
  }),
  fromWhatsApp: ({ pollCreationMessage, pollCreationMessageV2, pollCreationMessageV3, pollCreationMessageV5 }) => {
    const part = pollCreationMessage ?? pollCreationMessageV2 ?? pollCreationMessageV3 ?? pollCreationMessageV5;
    if (!part) return undefined;
    const options = (part.options ?? []).slice(0, contentLimits.pollOptions);
    return {
      type: 'poll',
      question: lineOf(part.name) ?? '',
      options: options.map(({ optionName }) => lineOf(optionName) ?? ''),
      multiple: part.selectableOptionsCount !== 1,
    };
  },
};
