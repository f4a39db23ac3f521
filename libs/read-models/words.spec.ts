import { describe, expect, it } from '@jest/globals';
import { wordsOf } from './words.js';

describe('the words of a text', () => {
  it('are parted by everything that is no letter or digit', () => {
    expect(wordsOf('Order-4711, paid (+49 170): "thanks"')).toEqual(['order', '4711', 'paid', '49', '170', 'thanks']);
  });

  it('ignore case and accents', () => {
    expect(wordsOf('Ångström CAFÉ İstanbul')).toEqual(['angstrom', 'cafe', 'istanbul']);
  });

  it('come once each', () => {
    expect(wordsOf('no No NO')).toEqual(['no']);
  });

  it('may be of any script', () => {
    expect(wordsOf('Привет мир 東京 हिन्दी')).toEqual(['привет', 'мир', '東京', 'हिन्दी']);
  });

  it('are none in a text of signs', () => {
    expect(wordsOf('?! "* -- 👍')).toEqual([]);
  });
});
