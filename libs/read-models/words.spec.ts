import { describe, expect, it } from '@jest/globals';
import { searchWordsOf } from './words.js';

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
