import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { declaredType, sniff } from './sniff.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waybill-test-'));
});
afterAll(() => rm(directory, { recursive: true }));

const typeOf = async (content: string | Buffer, declared?: string): Promise<string> => {
  const path = join(directory, 'file');
  await writeFile(path, content);
  return sniff(path, declared);
};

describe('the type of a text', () => {
  const csv = 'Grüße;1\nBäume;2\n';

  it('is that of its sender, in whatever character set it is written', async () => {
    const utf16 = Buffer.from(`\uFEFF${csv}`, 'utf16le');
    for (const content of [csv, Buffer.from(csv, 'latin1'), utf16, Buffer.from(utf16).swap16()])
      expect(await typeOf(content, 'text/csv')).toBe('text/csv');
    expect(await typeOf(utf16)).toBe('text/plain');
    expect(await typeOf(Buffer.from(csv, 'latin1'))).toBe('application/octet-stream');
  });

  it('is not one of pictures or programs, although it begins like one', async () => {
    for (const content of ['BMW;Audi\n', 'MZ 12\n', 'ID3 is a format\n', 'FLV, AVI\n'])
      expect(await typeOf(content, 'text/csv')).toBe('text/csv');
  });

  it('may be PDF, also behind line breaks', async () => {
    for (const content of ['%PDF-1.7\n%%EOF', '\r\n%PDF-1.4\n%%EOF', Buffer.from('\n%PDF-1.4\n\0\x80', 'latin1')])
      expect(await typeOf(content)).toBe('application/pdf');
  });
});

describe('a page of HTML', () => {
  it.each([
    '<!DOCTYPE html>',
    ' <!-- a --> <!-- b --><html>',
    '<?xml version="1.0"?><!-- a --><html>',
    '<title>Log in</title>',
    '<meta charset="utf-8">',
    '<p>Not found</p>',
    Buffer.from('<body>Schöne Grüße', 'latin1'),
  ])('is one, whatever its sender says: %s', async (content) => {
    for (const declared of [undefined, 'text/plain', 'text/csv'])
      expect(await typeOf(content, declared)).toBe('text/html');
  });

  it('is none where XML has an element of that name', async () => {
    expect(await typeOf('<?xml version="1.0"?><table><row/></table>')).toBe('application/xml');
  });

  it('is looked for in a moment, although many comments stand before nothing', async () => {
    const begun = performance.now();
    expect(await typeOf(`${'<!---->'.repeat(30)}text`)).toBe('text/plain');
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

describe('the type that a sender declares', () => {
  it('counts where it is one', () => {
    expect(declaredType('Text/CSV; charset=utf-8')).toBe('text/csv');
    const tooLong = `application/${'a'.repeat(128)}`;
    for (const none of [undefined, '', 'csv', 'a b/c', tooLong, 'application/octet-stream'])
      expect(declaredType(none)).toBeUndefined();
  });
});
