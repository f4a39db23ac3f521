import { describe, expect, it } from '@jest/globals';
import { validate, version } from 'uuid';
import { newId } from './index.js';

describe('a new id', () => {
  const ids = Array.from({ length: 10_000 }, newId);

  it('is a UUIDv7 of now', () => {
    const id = newId();
    expect([validate(id), version(id)]).toEqual([true, 7]);
    const time = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
    expect(Math.abs(Date.now() - time)).toBeLessThan(60_000);
  });

  it('is unique', () => {
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('sorts after those before it', () => {
    expect(ids.toSorted()).toEqual(ids);
  });

  it('cannot be guessed from the previous one', () => {
    const ends = ids.map((id) => id.slice(-10));
    expect(new Set(ends).size).toBe(ids.length);
  });
});
