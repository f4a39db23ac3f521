import type { ContentConverter } from './converter.js';

export const reaction: ContentConverter<'reaction'> = {
  toWhatsApp: ({ emoji }, { answered }) => {
    if (!answered) throw new Error('A reaction needs the message that it is to');
    return { react: { text: emoji, key: answered } };
  },
};
