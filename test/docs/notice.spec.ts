import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { notice } from './notice.js';

describe('NOTICE', () => {
  it('lists every package that the service needs to run: `npm run notice` writes it', async () => {
    expect(await readFile('NOTICE', 'utf8')).toBe(await notice());
  });

  it('names the terms that a copy with libsignal is under, as the README does', async () => {
    expect(await notice()).toMatch(/GPL-3\.0[^]*^libsignal [\d.]+: GPL-3\.0$/m);
    expect(await readFile('README.md', 'utf8')).toMatch(/libsignal[^]*GPL-3\.0/);
  });
});
