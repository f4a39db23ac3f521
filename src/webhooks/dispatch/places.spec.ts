import { describe, expect, it } from '@jest/globals';
import { Places, type Waiter } from './places.js';

/** Somebody who takes one place whenever they are told that there is one. */
const waiter = (places: Places, userId: string, taken: string[], name = userId): Waiter => {
  const self: Waiter = {
    userId,
    resume: () => {
      if (places.take(self)) taken.push(name);
    },
  };
  return self;
};

describe('places for requests', () => {
  it('are limited for each user, so that one who uses all of theirs keeps no other waiting', () => {
    const places = new Places({ total: 3, perUser: 2 });
    const taken: string[] = [];
    for (const name of ['ana 1', 'ana 2', 'ana 3']) waiter(places, 'ana', taken, name).resume();
    waiter(places, 'ben', taken).resume();
    expect(taken).toEqual(['ana 1', 'ana 2', 'ben']);
  });

  it('are given to those who have waited longest, and may take one', () => {
    const places = new Places({ total: 2, perUser: 1 });
    const taken: string[] = [];
    for (const name of ['ana 1', 'ana 2']) waiter(places, 'ana', taken, name).resume();
    for (const name of ['ben', 'cem', 'dan']) waiter(places, name, taken).resume();
    expect(taken).toEqual(['ana 1', 'ben']);
    places.give('ben');
    expect(taken).toEqual(['ana 1', 'ben', 'cem']);
    places.give('ana');
    expect(taken).toEqual(['ana 1', 'ben', 'cem', 'ana 2']);
    places.give('ana');
    places.give('cem');
    expect(taken.slice(4)).toEqual(['dan']);
  });
});
