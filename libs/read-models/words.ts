/**
 * The words of a text for `search`: lower case, without accents, each once. A word is a sequence of letters, marks and digits of any
 * script; everything else separates words. Every adapter stores and looks up exactly these.
 */
export const searchWordsOf = (text: string): readonly string[] => {
  // Lower case first: some capitals (İ) become a letter and a mark, which the next step removes.
  const plain = text.toLowerCase().normalize('NFKD').replace(accents, '');
  return [...new Set(plain.match(word))];
};

/** A word that is searched for; `isPrefix`: as the beginning of words, too. */
type SearchTerm = { readonly word: string; readonly isPrefix: boolean };

/** How many words a search may have. */
export const maxSearchWords = 6;
/** The beginnings of words that are shorter are those of too many. Scripts that put no spaces between words say more with each letter. */
const minPrefixLetters = 3;

/** What a search looks for: each of its words, or words that begin with it. */
export const searchTermsOf = (search: string): readonly SearchTerm[] =>
  searchWordsOf(search).map((word) => ({
    word,
    isPrefix: [...word].length >= minPrefixLetters || withoutSpaces.test(word),
  }));

const withoutSpaces =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const accents = /[\u0300-\u036f]/gu;
const word = /[\p{L}\p{M}\p{N}]+/gu;
