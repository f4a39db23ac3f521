import { describe, expect, it } from '@jest/globals';
import { Memory } from './memory.js';

describe('a memory', () => {
  it('keeps what is new, and forgets what is old', () => {
    const memory = new Memory<number>(10);
    for (let key = 0; key < 100; key++) {
      memory.set(String(key), key);
      for (let back = 0; back < 10 && back <= key; back++) expect(memory.get(String(key - back))).toBe(key - back);
      expect(memory.get(String(key - 20))).toBeUndefined();
    }
  });

  it('tells the newest value of a key', () => {
    const memory = new Memory<string>(3);
    for (const [key, value] of [
      ['a', 'old'],
      ['b', ''],
      ['c', ''],
      ['a', 'new'],
    ] as const) {
      memory.set(key, value);
    }
    expect(memory.get('a')).toBe('new');
  });
});
