import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

type Link = { readonly file: string; readonly text: string; readonly target: string };

const documents = ['README.md', 'CONTRIBUTING.md', ...readdirSync('docs').map((name) => join('docs', name))];

const linksOf = (file: string): readonly Link[] =>
  Array.from(readFileSync(file, 'utf8').matchAll(/\[([^\]]+)\]\(([^)#\s]+)[^)]*\)/g), ([, text = '', target = '']) => ({
    file,
    text,
    target: /^[a-z]+:/.test(target) ? target : join(dirname(file), target),
  }));

const local = documents.flatMap(linksOf).filter(({ target }) => !/^[a-z]+:/.test(target));
/** Links whose text is one name of the code: `Outbox`. */
const named = local.filter(({ text, target }) => /^`\w+`$/.test(text) && target.endsWith('.ts'));

describe('the documents', () => {
  it.each(local)('$file links to $target, which exists', ({ target }) => {
    expect(existsSync(target)).toBe(true);
  });

  it.each(named)('$file names $text, which $target exports', ({ text, target }) => {
    const name = text.replaceAll('`', '');
    expect(readFileSync(target, 'utf8')).toMatch(new RegExp(`export .*\\b${name}\\b`));
  });

  it('walk one message through at most twenty files', () => {
    const text = readFileSync('docs/architecture.md', 'utf8');
    const walk = text.slice(text.indexOf('## One message'), text.indexOf('## How to add'));
    const stops = walk.match(/^\d+\. /gm) ?? [];
    expect(stops.length).toBeGreaterThan(10);
    expect(stops.length).toBeLessThanOrEqual(20);
  });
});
