import type { BinaryNode } from '../transport/wire.js';

const LONGEST = 128;

/**
 * Whether others may be shown an attribute as it came. Their clients repeat it in their answers, and garble what looks like an
 * address or like something that every object has; the server would drop them for that.
 */
export const isWord = (text: string): boolean => text.length <= LONGEST && /^[!-?A-~]+$/.test(text) && !(text in {});

/** Those of the attributes that others may be shown. */
export const wordsOf = (attrs: BinaryNode['attrs']): BinaryNode['attrs'] => {
  const words: BinaryNode['attrs'] = {};
  for (const name of Object.keys(attrs)) {
    const value = attrs[name] ?? '';
    if (isWord(name) && isWord(value)) words[name] = value;
  }
  return words;
};
