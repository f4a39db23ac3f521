import { describe, expect, it } from '@jest/globals';
import { Tail, type Place } from './tail.js';

const place = (position: number, stream: string, revision: number): Place => ({
  position,
  stream,
  revision,
  type: 'T',
  id: `id-${position}`,
});
const places = [place(11, 'a', 4), place(12, 'b', 0), place(13, 'a', 5), place(14, 'b', 1), place(15, 'a', 6)];

describe('tail', () => {
  it('is empty at first, and grows at its head', () => {
    const tail = new Tail(10);
    expect(tail.head).toBe(10);
    tail.add(place(11, 'a', 0));
    expect([tail.head, tail.ofStream('a'), tail.ofStream('b')]).toEqual([11, [place(11, 'a', 0)], []]);
  });

  it('finds places by position, stream and id', () => {
    const tail = new Tail(10, places);
    expect(tail.between(12, 13)).toEqual(places.slice(1, 3));
    expect(tail.between(1, 11)).toEqual(places.slice(0, 1));
    expect(tail.between(15, 99)).toEqual(places.slice(4));
    expect(tail.between(16, 99)).toEqual([]);
    expect(tail.between(1, 10)).toEqual([]);
    expect(tail.ofStream('b').map(({ revision }) => revision)).toEqual([0, 1]);
    expect(tail.withId('a', 'id-13')).toEqual([places[2]]);
    expect(tail.withId('b', 'id-13')).toEqual([]);
    expect([...tail.lastOfStreams()].map(({ position }) => position)).toEqual([15, 14]);
  });

  it('forgets what lies before a position', () => {
    const rest = new Tail(10, places).after(13);
    expect([rest.start, rest.head]).toEqual([13, 15]);
    expect(rest.ofStream('a')).toEqual([places[4]]);
    expect(rest.withId('a', 'id-13')).toEqual([]);
    const beyond = rest.after(20);
    expect([beyond.start, beyond.head]).toEqual([20, 20]);
  });
});
