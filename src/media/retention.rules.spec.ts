import { expect, it } from '@jest/globals';
import { expiryOf, oldUpTo } from './retention.rules.js';

const [stored, monthLater] = ['2026-01-01T10:00:00.000Z', '2026-01-31T10:00:00.000Z'];

it('a file is old from the moment on at which it expires', () => {
  const retention = { maxAgeDays: 30, maxBytes: null };
  expect(expiryOf(stored, retention)).toBe(monthLater);
  expect(oldUpTo(monthLater, retention)).toBe(stored);
});

it('no file is old where age is no reason', () => {
  const retention = { maxAgeDays: null, maxBytes: 1000 };
  expect([expiryOf(stored, retention), oldUpTo(monthLater, retention)]).toEqual([null, null]);
});
