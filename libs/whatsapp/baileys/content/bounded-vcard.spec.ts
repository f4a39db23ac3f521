import { describe, expect, it } from '@jest/globals';
import { contentLimits } from '../../content/limits.js';
import { contentFromWhatsApp } from './converters.js';

const read = (vcard: string): string => {
  const content = contentFromWhatsApp({ contactMessage: { displayName: 'Bob', vcard } }, { seal: () => 'sealed' });
  return content?.type === 'contact' ? content.contacts[0]!.vcard : '';
};
const card = (...lines: readonly string[]): string => ['BEGIN:VCARD', ...lines, 'END:VCARD'].join('\r\n');
const folded = (name: string): string =>
  `${name}${'AAAA'.repeat(15)}\r\n ${`${'BBBB'.repeat(18)}\r\n `.repeat(200)}CC==`;
const known = ['VERSION:3.0', 'FN:Bob', 'TEL;type=CELL;waid=491701234567:+49 170 1234567'] as const;

describe('a received vCard', () => {
  it('is kept as it is where it is not too long, with its picture', () => {
    const short = card('FN:Bob', 'PHOTO;ENCODING=b:AAAA');
    expect(read(short)).toBe(short);
  });

  it.each(['PHOTO;ENCODING=b;TYPE=JPEG:', 'item1.LOGO:data:image/png;base64,', 'sound:', 'KEY;ENCODING=b:'])(
    'that is too long loses its %s, and keeps its numbers',
    (name) => {
      expect(read(card(...known.slice(0, 2), folded(name), known[2]))).toBe(card(...known));
    },
  );

  it('that is too long without any loses what does not fit, never a part of a property, and has its end', () => {
    const numbers = Array.from({ length: 400 }, (_, index) => `TEL;type=CELL:+49170${1_000_000 + index}`);
    const cut = read(card(folded('NOTE:'), ...known, ...numbers));
    const lines = cut.split('\r\n');
    expect(cut.length).toBeLessThanOrEqual(contentLimits.vcardCharacters);
    expect(lines.slice(0, 4)).toEqual(['BEGIN:VCARD', ...known]);
    expect(lines.slice(4)).toEqual([...numbers.slice(0, lines.length - 5), 'END:VCARD']);
  });

  it('is the first one where several together are too long, and cut where it is no vCard', () => {
    const other = card('FN:Ada', folded('NOTE:'));
    expect(read(`${card(...known)}\r\n${other}`)).toBe(card(...known));
    expect(read('x'.repeat(10_000))).toHaveLength(contentLimits.vcardCharacters);
  });
});
