import { describe, expect, it } from '@jest/globals';
import { BoundedMap } from './bounded-map.js';

describe('a bounded map', () => {
  it('keeps recent keys and drops old ones', () => {
    const map = new BoundedMap<number>(10);
    for (let key = 0; key < 100; key++) {
      map.set(String(key), key);
      for (let back = 0; back < 10 && back <= key; back++) expect(map.get(String(key - back))).toBe(key - back);
      expect(map.get(String(key - 20))).toBeUndefined();
    }
  });

  it('returns the latest value of a key', () => {
    const map = new BoundedMap<string>(3);
    for (const [key, value] of [
      ['a', 'old'],
      ['b', ''],
      ['c', ''],
      ['a', 'new'],
    ] as const) {
      map.set(key, value);
    }
    expect(map.get('a')).toBe('new');
  });
});
