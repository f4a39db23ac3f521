/**
 * The words of a text for `search`: lower case, without accents, each once. A word is a sequence of letters, marks and digits of any
 * script; everything else separates words. Every adapter stores and looks up exactly these.
 */
export const searchWordsOf = (text: string): readonly string[] => {
  // Lower case first: some capitals (İ) become a letter and a mark, which the next step removes.
  const plain = text.toLowerCase().normalize('NFKD').replace(accents, '');
  return [...new Set(plain.match(word))];
};

const accents = /[\u0300-\u036f]/gu;
const word = /[\p{L}\p{M}\p{N}]+/gu;
