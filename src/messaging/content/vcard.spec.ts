import { describe, expect, it } from '@jest/globals';
import { readVcard, vcardOf } from './vcard.js';

describe('a vCard', () => {
  it('names the number to chat with as phones expect it, and no number that is none', () => {
    const phones = [{ number: '+49 170 1234567' }, { number: '112', label: 'Emergency' }];
    expect(vcardOf({ name: 'Ada', phones }).split('\r\n')).toEqual([
      'BEGIN:VCARD',
      'VERSION:3.0',
      'FN:Ada',
      'N:Ada;;;;',
      'TEL;TYPE=CELL;waid=491701234567:+49 170 1234567',
      'TEL;TYPE=Emergency:112',
      'END:VCARD',
    ]);
  });

  it('is read as it was written, whatever is in it', () => {
    const card = {
      name: 'Ada, "Countess"; of \\ Löve;WAID=lace',
      phones: [{ number: '+49 170 1234567', label: 'WORK' }],
      emails: ['ada@example.org', 'countess@example.org'],
      organization: 'Engines; Ltd., London',
    };
    expect(readVcard(vcardOf(card))).toEqual(card);
  });

  it('of another program is read: several types of a number, parts of an organization, a number as an URI, no full name', () => {
    const lines = [
      'N:Lovelace;Ada;;;',
      'item1.TEL;type=CELL;type=VOICE;waid=1:+1',
      'TEL;VALUE=uri:tel:+2',
      'ORG:Engines;London',
    ];
    expect(readVcard(['BEGIN:VCARD', 'VERSION:3.0', ...lines, 'END:VCARD'].join('\n'))).toEqual({
      name: 'Lovelace Ada',
      phones: [{ number: '+1', label: 'CELL' }, { number: '+2' }],
      organization: 'Engines, London',
    });
  });

  it('is the first one where several follow each other', () => {
    const one = (name: string) => vcardOf({ name, phones: [] });
    expect(readVcard(`${one('Ada')}\r\n${one('Bob')}`)).toEqual({ name: 'Ada', phones: [] });
  });

  it.each(['', 'BEGIN:VCARD', 'no vCard', 'BEGIN:VCALENDAR\nEND:VCALENDAR', 'BEGIN:VCARD\nTEL;CELL:1\nEND:VCARD'])(
    'is not read from %j',
    (text) => {
      expect(readVcard(text)).toBeUndefined();
    },
  );
});
