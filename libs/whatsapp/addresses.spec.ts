import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  bareJid,
  isBroadcastList,
  jidOf,
  parseNamedRecipient,
  parsePhoneNumberText,
  parseRecipient,
  personOf,
  readPhoneNumber,
  shownAddressOf,
  shownPersonOf,
} from './addresses.js';

describe('a phone number', () => {
  it.each([
    ['+491701234567', '+491701234567'],
    ['+49 170 1234567', '+491701234567'],
    ['  +49 (170) 123-45.67 ', '+491701234567'],
    ['491701234567', '+491701234567'],
    ['+1 202-555-0143', '+12025550143'],
    ['+55 11 91234-5678', '+5511912345678'],
    ['+39 06 6982', '+39066982'],
    ['+49 (0)170 1234567', '+491701234567'],
    ['+49 (0) 170 1234567', '+491701234567'],
    ['+49 0170 1234567', '+491701234567'],
    ['0049 170 1234567', '+491701234567'],
    ['00 49 (0)170 1234567', '+491701234567'],
    ['tel:+49-170-1234567', '+491701234567'],
    ['TEL:+49-170-1234567;ext=2', '+491701234567'],
    ['whatsapp:+491701234567', '+491701234567'],
    ['\u202a+49 170 1234567\u202c', '+491701234567'],
    ['+52 1 55 5000 1234', '+5215550001234'],
    ['+229 97 12 34 56', '+22997123456'],
    ['+225 07 12 34 56', '+22507123456'],
  ])('is parsed: %j', (text, expected) => expect(parsePhoneNumberText(text)).toBe(expected));

  it.each([
    '',
    '+',
    'hello',
    '0170 1234567',
    '+0170 1234567',
    '+49',
    '+49 170',
    '+999 1234567890',
    '+1 202 555 014',
    '+4917012345671701234567',
    '++491701234567',
    '+49170 12345x7',
    '+49170123456\u0000',
    '٠١٢٣٤٥٦٧٨٩',
  ])('is rejected: %j', (text) => expect(parsePhoneNumberText(text)).toBeUndefined());
});

describe('a text that is no phone number', () => {
  it.each([
    ['0170 1234567', { problem: expect.stringContaining('country code') }],
    ['(0)170 1234567', { problem: expect.stringContaining('country code') }],
    ['hello', { problem: expect.stringContaining('+49 170 1234567') }],
    ['', { problem: expect.any(String) }],
    ['+49', { problem: expect.any(String) }],
  ])('says why: %j', (text, expected) => expect(readPhoneNumber(text)).toEqual(expected));

  it('is left to WhatsApp where it has the form of one', () => {
    expect(readPhoneNumber('+1 202 555 014')).toEqual({
      phoneNumber: '+1202555014',
      problem: expect.stringContaining('+1'),
    });
    expect(parseNamedRecipient('+1202555014')).toMatchObject({ phoneNumber: '+1202555014' });
    expect(parseNamedRecipient('0170 1234567')).toBeUndefined();
  });
});

describe('a recipient', () => {
  it.each([
    ['+49 170 1234567', { kind: 'person', jid: '491701234567@s.whatsapp.net', phoneNumber: '+491701234567' }],
    [
      '491701234567@s.whatsapp.net',
      { kind: 'person', jid: '491701234567@s.whatsapp.net', phoneNumber: '+491701234567' },
    ],
    [
      '491701234567:3@s.whatsapp.net',
      { kind: 'person', jid: '491701234567@s.whatsapp.net', phoneNumber: '+491701234567' },
    ],
    ['491701234567@c.us', { kind: 'person', jid: '491701234567@s.whatsapp.net', phoneNumber: '+491701234567' }],
    // Telephones have no such number, WhatsApp does.
    ['12345678@s.whatsapp.net', { kind: 'person', jid: '12345678@s.whatsapp.net', phoneNumber: '+12345678' }],
    ['123456789012345@lid', { kind: 'lid', jid: '123456789012345@lid' }],
    ['120363012345678901@g.us', { kind: 'group', jid: '120363012345678901@g.us' }],
    ['491701234567-1600000000@g.us', { kind: 'group', jid: '491701234567-1600000000@g.us' }],
    ['120363400000000001@newsletter', { kind: 'channel', jid: '120363400000000001@newsletter' }],
    ['status', { kind: 'status', jid: 'status@broadcast' }],
    ['status@broadcast', { kind: 'status', jid: 'status@broadcast' }],
  ])('is parsed: %s', (text, expected) => expect(parseRecipient(text)).toEqual(expected));

  it.each([
    '@lid',
    'ana@example.com',
    'statuses',
    '123@broadcast',
    '12@newsletter',
    '12@s.whatsapp.net',
    '1234567890123456@s.whatsapp.net',
    'x@g.us',
    '1@g.us',
    '',
  ])('is rejected: %j', (text) => expect(parseRecipient(text)).toBeUndefined());

  it('is always a person, a LID, a group, a channel or the status, whatever the input', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[+0-9@a-z.: -]{0,30}$/)), (text) => {
        const jid = parseRecipient(text)?.jid ?? '1234567@lid';
        expect(jid).toMatch(/^(\d+(-\d+)?@(s\.whatsapp\.net|lid|g\.us|newsletter)|status@broadcast)$/);
      }),
    );
  });
});

describe('a person', () => {
  it('has both addresses where both are given, in either order', () => {
    const [number, lid] = ['491701234567:3@s.whatsapp.net', '123456789012345:3@lid'];
    const both = { phoneNumber: '+491701234567', lid: '123456789012345@lid' };
    expect(personOf(number, lid)).toEqual({ jid: '491701234567@s.whatsapp.net', ...both });
    expect(personOf(lid, number)).toEqual({ jid: '123456789012345@lid', ...both });
    expect(personOf(lid)).toEqual({ jid: '123456789012345@lid', phoneNumber: null, lid: '123456789012345@lid' });
  });

  it('has no number and no LID where the address is a group', () => {
    expect(personOf('120363012345678901@g.us')).toEqual({
      jid: '120363012345678901@g.us',
      phoneNumber: null,
      lid: null,
    });
  });

  it('is shown by the phone number where it is known, else by the address', () => {
    expect(shownAddressOf('491701234567:3@s.whatsapp.net')).toBe('+491701234567');
    expect(shownAddressOf('123456789012345@lid')).toBe('123456789012345@lid');
    expect(shownAddressOf('120363012345678901@g.us')).toBe('120363012345678901@g.us');
    const [number, lid] = ['+491701234567', '123456789012345@lid'];
    expect(shownPersonOf({ phoneNumber: number, lid }, lid)).toBe(number);
    expect(shownPersonOf({ phoneNumber: null, lid }, lid)).toBe(lid);
  });

  it('may have written to a broadcast list, which the status is not', () => {
    expect(isBroadcastList('1700000000@broadcast')).toBe(true);
    expect(isBroadcastList('status@broadcast')).toBe(false);
  });

  it('is found at the address of the number', () => {
    expect(personOf(jidOf('+491701234567')).phoneNumber).toBe('+491701234567');
    expect(bareJid('491701234567_1:3@s.whatsapp.net')).toBe('491701234567@s.whatsapp.net');
  });
});
