import { describe, expect, it } from '@jest/globals';
import { Checksum } from './checksum.js';

const secret = (id: string, sealed: readonly number[]) => ({ kind: 'k', id, sealed: Buffer.from(sealed) });
const sumOf = (values: readonly object[]) => {
  const checksum = new Checksum(() => {}, 'compared');
  for (const _value of checksum.of(values)) continue;
  return checksum.result;
};

describe('a checksum of values', () => {
  it('does not depend on their order, nor on that of their fields, nor on the class of their bytes', () => {
    const values = [secret('a', [1, 2]), secret('b', [3])];
    const others = [
      { sealed: new Uint8Array([3]), id: 'b', kind: 'k' },
      { id: 'a', kind: 'k', sealed: new Uint8Array([1, 2]) },
    ];
    expect(sumOf(others)).toEqual(sumOf(values));
    expect(sumOf(values).values).toBe(2);
  });

  it.each([
    ['a bit', [secret('a', [1, 3]), secret('b', [3])]],
    ['a name', [secret('c', [1, 2]), secret('b', [3])]],
    ['what is missing', [secret('a', [1, 2])]],
    ['what came twice', [secret('a', [1, 2]), secret('b', [3]), secret('b', [3])]],
    ['what was exchanged', [secret('a', [3]), secret('b', [1, 2])]],
  ])('tells %s', (_what, others) => {
    expect(sumOf(others)).not.toEqual(sumOf([secret('a', [1, 2]), secret('b', [3])]));
  });
});
