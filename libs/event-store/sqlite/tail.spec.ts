import { describe, expect, it } from '@jest/globals';
import { Tail, type EventLocation } from './tail.js';

const location = (position: number, stream: string, revision: number): EventLocation => ({
  position,
  stream,
  revision,
  type: 'T',
  id: `id-${position}`,
});
const locations = [
  location(11, 'a', 4),
  location(12, 'b', 0),
  location(13, 'a', 5),
  location(14, 'b', 1),
  location(15, 'a', 6),
];

describe('the tail', () => {
  it('starts empty and grows at its head', () => {
    const tail = new Tail(10);
    expect(tail.head).toBe(10);
    tail.add(location(11, 'a', 0));
    expect([tail.head, tail.ofStream('a'), tail.ofStream('b')]).toEqual([11, [location(11, 'a', 0)], []]);
  });

  it('finds events by position, stream and id', () => {
    const tail = new Tail(10, locations);
    expect(tail.between(12, 13)).toEqual(locations.slice(1, 3));
    expect(tail.between(1, 11)).toEqual(locations.slice(0, 1));
    expect(tail.between(15, 99)).toEqual(locations.slice(4));
    expect(tail.between(16, 99)).toEqual([]);
    expect(tail.between(1, 10)).toEqual([]);
    const asked: number[] = [];
    const isLast = ({ position }: EventLocation): boolean => asked.push(position) > 0 && position === tail.head;
    expect([tail.some(1, 12, isLast), tail.some(13, 99, isLast), tail.some(1, 10, isLast)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(asked).toEqual(Array.from({ length: tail.head - tail.start }, (_, index) => tail.start + 1 + index));
    expect(tail.ofStream('b').map(({ revision }) => revision)).toEqual([0, 1]);
    expect(tail.withId('a', 'id-13')).toEqual([locations[2]]);
    expect(tail.withId('b', 'id-13')).toEqual([]);
    expect([...tail.lastOfStreams()].map(({ position }) => position)).toEqual([15, 14]);
  });

  it('drops the events up to a position', () => {
    const rest = new Tail(10, locations).after(13);
    expect([rest.start, rest.head]).toEqual([13, 15]);
    expect(rest.ofStream('a')).toEqual([locations[4]]);
    expect(rest.withId('a', 'id-13')).toEqual([]);
    const beyond = rest.after(20);
    expect([beyond.start, beyond.head]).toEqual([20, 20]);
  });
});
