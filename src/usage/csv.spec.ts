import { describe, expect, it } from '@jest/globals';
import { csvOf } from './csv.rules.js';

describe('figures as CSV', () => {
  it('are lines that end as RFC 4180 says, with numbers as they are', () => {
    expect(
      csvOf([
        ['day', 'sent'],
        ['2026-11-29', -1],
        ['', 4_812_003],
      ]),
    ).toBe('day,sent\r\n2026-11-29,-1\r\n,4812003\r\n');
  });

  it('have quotes around what would end a cell', () => {
    expect(csvOf([['a,b', 'say "it"', 'two\nlines', 'plain']])).toBe('"a,b","say ""it""","two\nlines",plain\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@sum', '\ttab'])('have nothing that a spreadsheet computes: %j', (text) => {
    expect(csvOf([[text]])).toBe(`'${text}\r\n`);
  });

  it('have nothing that a spreadsheet computes in quotes either', () => {
    expect(csvOf([['\r=1', '=HYPERLINK("http://x","y")']])).toBe(`"'\r=1","'=HYPERLINK(""http://x"",""y"")"\r\n`);
  });
});
