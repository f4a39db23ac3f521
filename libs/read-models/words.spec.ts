import { describe, expect, it } from '@jest/globals';
import { searchTermsOf, searchWordsOf } from './words.js';

describe('the words of a text', () => {
  it('are separated by everything that is not a letter or digit', () => {
    expect(searchWordsOf('Order-4711, paid (+49 170): "thanks"')).toEqual([
      'order',
      '4711',
      'paid',
      '49',
      '170',
      'thanks',
    ]);
  });

  it('ignore case and accents', () => {
    expect(searchWordsOf('Ångström CAFÉ İstanbul')).toEqual(['angstrom', 'cafe', 'istanbul']);
  });

  it('occur once each', () => {
    expect(searchWordsOf('no No NO')).toEqual(['no']);
  });

  it('may be of any script', () => {
    expect(searchWordsOf('Привет мир 東京 हिन्दी')).toEqual(['привет', 'мир', '東京', 'हिन्दी']);
  });

  it('are missing in a text of signs', () => {
    expect(searchWordsOf('?! "* -- 👍')).toEqual([]);
  });
});

describe('a search', () => {
  it('looks for the beginnings of words from three letters on', () => {
    const prefixes = (search: string) =>
      searchTermsOf(search).flatMap(({ word, isPrefix }) => (isPrefix ? [word] : []));
    expect(prefixes('a be sea 47 4711 é ñandú')).toEqual(['sea', '4711', 'nandu']);
    expect(prefixes('京 東京 ไป')).toEqual(['京', '東京', 'ไป']);
  });
});
