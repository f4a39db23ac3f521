import { describe, expect, it } from '@jest/globals';
import { validate, version } from 'uuid';
import { idFromParts, newId } from './index.js';

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

describe('an id from parts', () => {
  it('is the same for the same parts, and for no others', () => {
    expect(idFromParts(['a', 'b', null])).toBe('090e1ccb-5b1b-861d-a815-ff543a90a4c0');
    const ids = [['a', 'b'], ['ab'], ['b', 'a'], ['a', 'b', null], ['a', 'b', '']].map(idFromParts);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.map((id) => [validate(id), version(id)])).toEqual(ids.map(() => [true, 8]));
  });
});
