import { expect, it } from '@jest/globals';
import { charactersOf } from './index.js';

it.each([
  ['a text', 'x'.repeat(1000)],
  ['texts in objects and arrays', { a: ['x'.repeat(500), { b: 'y'.repeat(500) }] }],
  ['numbers, booleans and nulls', Array.from({ length: 100 }, (_, n) => ({ n: 1000 + n, yes: true, none: null }))],
])('the characters of %s are about those of its JSON', (_what, value) => {
  const exact = JSON.stringify(value).length;
  expect(Math.abs(charactersOf(value) - exact)).toBeLessThan(exact / 10);
});

it('undefined has no characters', () => {
  expect(charactersOf(undefined)).toBe(0);
});
