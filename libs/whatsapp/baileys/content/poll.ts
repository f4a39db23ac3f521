import type { ContentConverter } from './converter.js';

export const poll: ContentConverter<'poll'> = {
  fromWhatsApp: ({ pollCreationMessage, pollCreationMessageV2, pollCreationMessageV3 }) => {
    const part = pollCreationMessage ?? pollCreationMessageV2 ?? pollCreationMessageV3;
    if (!part) return undefined;
    return {
      type: 'poll',
      question: part.name ?? '',
      options: (part.options ?? []).map(({ optionName }) => optionName ?? ''),
      multiple: part.selectableOptionsCount !== 1,
    };
  },
};
