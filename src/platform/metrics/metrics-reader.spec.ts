import { describe, expect, it } from '@jest/globals';
import { readerOf } from './metrics-reader.js';

const asking = { address: '192.0.2.1', isForwarded: false, authorization: undefined };
const token = 'a token of twenty characters';

describe('metrics', () => {
  it.each([
    ['127.0.0.1', false, 'allowed'],
    ['::1', false, 'allowed'],
    ['::ffff:127.0.0.1', false, 'allowed'],
    ['127.0.0.1', true, 'elsewhere'],
    ['192.0.2.1', false, 'elsewhere'],
    ['10.0.0.1', false, 'elsewhere'],
    ['::ffff:10.127.0.1', false, 'elsewhere'],
  ])(
    'are read without a token from the same machine alone: %s, passed on by a proxy: %s',
    (address, isForwarded, is) => {
      expect(readerOf({ ...asking, address, isForwarded }, undefined)).toBe(is);
    },
  );

  it.each([
    [`Bearer ${token}`, 'allowed'],
    [`bearer ${token}`, 'allowed'],
    [`Bearer ${token} `, 'unknown'],
    ['Bearer ', 'unknown'],
    [token, 'unknown'],
    [undefined, 'unknown'],
  ])('are read with the token from anywhere, and only with it: %s', (authorization, is) => {
    expect(readerOf({ ...asking, authorization }, token)).toBe(is);
    expect(readerOf({ ...asking, address: '127.0.0.1', authorization }, token)).toBe(is);
  });
});
