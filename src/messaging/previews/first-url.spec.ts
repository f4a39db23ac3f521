import { describe, expect, it } from '@jest/globals';
import { firstUrlIn } from './first-url.rules.js';

describe('the URL of which a preview is shown', () => {
  it.each([
    ['See https://example.com/a?b=c#d and http://example.org', 'https://example.com/a?b=c#d'],
    ['HTTPS://Example.com/Menu', 'HTTPS://Example.com/Menu'],
    ['It is here: https://example.com/a.', 'https://example.com/a'],
    ['(https://example.com/a), really!', 'https://example.com/a'],
    ['https://example.org/wiki/Waybill_(paper)', 'https://example.org/wiki/Waybill_(paper)'],
    ['*https://example.com/sale*', 'https://example.com/sale'],
    ['„https://münchen.example/straße“ x', 'https://münchen.example/straße“'],
    ['http:// and https://example.com', 'https://example.com'],
  ])('is the first one, without what ends the sentence: %s', (text, url) => {
    expect(firstUrlIn(text)).toBe(url);
  });

  it.each([
    'no link',
    'example.com',
    'ftp://example.com',
    'xhttps',
    'http://',
    `https://example.com/${'a'.repeat(2048)}`,
  ])('is not in every text: %s', (text) => expect(firstUrlIn(text)).toBeUndefined());

  it('is found in whatever people write', () => {
    expect(firstUrlIn(`https://a.example/${')'.repeat(2000)}`)).toBe('https://a.example/');
    expect(firstUrlIn(`${'http://'.repeat(9000)} https://a.example/${'.)'.repeat(900)}`)).toBe('https://a.example/');
  });
});
