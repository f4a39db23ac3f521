import { describe, expect, it } from '@jest/globals';
import { safeFileName } from './file-name.rules.js';

describe('a file name', () => {
  it.each([
    ['invoice.pdf', 'invoice.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\ada\\plan.docx', 'plan.docx'],
    ['a\0b\r\nc.txt', 'abc.txt'],
    ['photo\u202Egpj.exe', 'photogpj.exe'],
    ['  Grüße 📄.pdf ', 'Grüße 📄.pdf'],
    ['\ud800.txt', '\ufffd.txt'],
  ])('%j becomes %j', (given, safe) => expect(safeFileName(given)).toBe(safe));

  it.each([undefined, null, '', '   ', '..', '/', 'folder/', '\0'])('%j is none', (given) =>
    expect(safeFileName(given)).toBeNull(),
  );

  it('is cut to 255 bytes between two characters, and keeps its extension', () => {
    const family = '👨‍👩‍👧';
    const name = safeFileName(`${family.repeat(300)}.pdf`);
    expect(Buffer.byteLength(name ?? '')).toBeLessThanOrEqual(255);
    expect(name).toBe(`${family.repeat(13)}.pdf`);
  });
});
