import { describe, expect, it } from '@jest/globals';
import { decoderOf, PageReader } from './page.js';

const pageOf = (...parts: readonly string[]) => {
  const reader = new PageReader();
  for (const part of parts) if (!reader.read(part)) break;
  return reader.page;
};

describe('a page', () => {
  it('is described by its Open Graph tags before all others', () => {
    const html = `<!doctype html><html><head><title>The title</title>
      <meta name="description" content="The description"><meta property="og:title" content="Tea &amp; cake">
      <meta content="All kinds of it" property="OG:description"/><meta property="og:image" content="/tea.png"></head>`;
    expect(pageOf(html)).toEqual({ title: 'Tea & cake', description: 'All kinds of it', image: '/tea.png' });
  });

  it('is described by its title and description where it has no others', () => {
    const html =
      '<title>\n  Tea \n and cake </title><meta name=description content="Fresh"><meta property="og:title" content=" ">';
    expect(pageOf(html)).toEqual({ title: 'Tea and cake', description: 'Fresh', image: null });
    expect(pageOf('{"not": "a page"}')).toEqual({ title: null, description: null, image: null });
  });

  it('is read in parts, and no further than its head', () => {
    const [start, end] = ['<head><title>Te', 'a</title></head><meta property="og:title" content="Body">'];
    expect(pageOf(start, end)).toMatchObject({ title: 'Tea' });
    const reader = new PageReader();
    expect([reader.read(start), reader.read(end), reader.read('<meta property="og:title" content="x">')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(reader.page.title).not.toBe('x');
  });

  it('says no more of itself than is shown', () => {
    const { title, description } = pageOf(
      `<title>${'😀'.repeat(9000)}\u0000</title><meta name="description" content="${'d'.repeat(9000)}">`,
    );
    expect([[...title!].length, description!.length]).toEqual([300, 600]);
  });

  it('is decoded as its server or itself says', () => {
    const bytes = Buffer.from('<meta charset="windows-1252"><title>M\u00fcnchen</title>', 'latin1');
    expect(decoderOf('text/html', bytes).decode(bytes)).toContain('München');
    expect(decoderOf('text/html; charset=iso-8859-1', bytes).decode(bytes)).toContain('München');
    expect(decoderOf('text/html; charset=klingon', bytes).encoding).toBe('utf-8');
  });
});
