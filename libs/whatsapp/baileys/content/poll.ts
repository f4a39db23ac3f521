import { contentLimits } from '../../content/limits.js';
import { lineOf } from './bounded.js';
import type { ContentConverter } from './converter.js';

export const poll: ContentConverter<'poll'> = {
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
