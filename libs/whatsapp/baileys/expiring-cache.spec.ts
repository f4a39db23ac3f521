import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ExpiringCache } from './expiring-cache.js';

describe('the cache', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('forgets expired entries, and the oldest one where it is full', () => {
    const cache = new ExpiringCache(1000, 2);
    for (const key of ['a', 'b', 'a', 'c']) cache.set(key, key);
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual(['a', undefined, 'c']);
    jest.advanceTimersByTime(999);
    expect(cache.get('a')).toBe('a');
    jest.advanceTimersByTime(1);
    expect(cache.get('a')).toBeUndefined();
    cache.set('c', 'c');
    cache.del('c');
    expect(cache.get('c')).toBeUndefined();
    cache.set('d', 'd');
    cache.flushAll();
    expect(cache.get('d')).toBeUndefined();
  });
});
