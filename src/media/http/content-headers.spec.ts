import { describe, expect, it } from '@jest/globals';
import type { Media } from '../media.contract.js';
import { rangeAsked } from './content-headers.js';

const asked = (range: string) => rangeAsked({ size: 1000, sha256: 'x' } as Media, { range });

describe('a range of a file', () => {
  it.each([
    ['bytes=-10', { first: 990, last: 999 }],
    ['bytes=-1000', { first: 0, last: 999 }],
    ['bytes=-5000', { first: 0, last: 999 }],
    ['bytes=0-4, -2000', { first: 0, last: 999 }],
    ['bytes=999-5000', { first: 999, last: 999 }],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=1000-', 'unsatisfiable'],
  ])('%s is what the file has of it', (range, expected) => {
    expect(asked(range)).toEqual(expected);
  });
});
