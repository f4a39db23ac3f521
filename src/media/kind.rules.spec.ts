import { describe, expect, it } from '@jest/globals';
import { assertNoExcuse, namesFile } from './kind.rules.js';

describe('what a server answers with', () => {
  const csv = { named: 'text/csv', isPageAlone: false };
  const unnamed = { named: null, isPageAlone: true };

  it('is no file where it is a page, or text in the place of what its name says', () => {
    expect(() => assertNoExcuse('text/html', csv)).toThrow('answered with a page of HTML, not with a file');
    const pdf = { named: 'application/pdf', isPageAlone: false };
    expect(() => assertNoExcuse('text/plain', pdf)).toThrow('answered with text/plain, not with a file');
  });

  it('is no file where it is text, and all that says what it is takes it for a page', () => {
    expect(() => assertNoExcuse('text/plain', unnamed)).toThrow(/text that it says is a page of HTML.*mimeType$/);
    expect(() => assertNoExcuse('text/plain', { named: null, isPageAlone: false })).not.toThrow();
    expect(() => assertNoExcuse('image/png', unnamed)).not.toThrow();
    expect(() => assertNoExcuse('text/csv', csv)).not.toThrow();
  });
});

describe('the name that a server gives', () => {
  it.each(['export.csv', 'contact.vcf', 'calendar.ICS', 'data.json', 'track.gpx'])('is that of a file: %s', (name) => {
    expect(namesFile(name)).toBe(true);
  });

  it.each([undefined, 'export', 'index.html', 'a.XHTML', 'a.shtml', 'export.php', 'get.aspx', 'list.jsp', 'run.cgi'])(
    'is that of a page, or says nothing: %s',
    (name) => {
      expect(namesFile(name)).toBe(false);
    },
  );
});
