import { describe, expect, it } from '@jest/globals';
import { inFlight } from './in-flight.js';
import { parkingLot } from './parking-lot.js';
import { trackedPosition } from './position.js';

describe('positions in flight', () => {
  const signal = new AbortController().signal;

  it('are done up to the earliest open one, whatever ends first', () => {
    const work = inFlight(10, signal);
    for (const position of [11, 13, 14]) work.begin(position);
    work.seen(20);
    work.end(13);
    expect(work.doneUpTo()).toBe(10);
    work.end(11);
    expect(work.doneUpTo()).toBe(13);
    work.end(14);
    expect(work.doneUpTo()).toBe(20);
  });

  it('are done up to one that was seen, in a log whose positions have holes', () => {
    const work = inFlight(100, signal);
    for (const position of [350, 780]) work.begin(position);
    expect(work.doneUpTo()).toBe(100);
    work.end(350);
    expect(work.doneUpTo()).toBe(350);
  });

  it('make the reader wait for room', async () => {
    const work = inFlight(0, signal);
    work.begin(1);
    work.begin(2);
    let went = false;
    const waiting = work.room(2).then(() => (went = true));
    await Promise.resolve();
    expect(went).toBe(false);
    work.end(2);
    await waiting;
    expect(went).toBe(true);
  });

  it('keep nobody waiting once the signal is aborted', async () => {
    const stop = new AbortController();
    const work = inFlight(0, stop.signal);
    work.begin(1);
    const waiting = work.room(1);
    stop.abort();
    await expect(waiting).resolves.toBeUndefined();
    await expect(work.room(1)).resolves.toBeUndefined();
  });
});

describe('a tracked position', () => {
  it('tells when it is reached, and when that takes too long', async () => {
    const { moveTo, reached } = trackedPosition();
    const five = reached(5, 10_000);
    moveTo(4);
    const seven = reached(7, 1);
    moveTo(5);
    expect(await five).toBe(true);
    expect(await seven).toBe(false);
    expect(await reached(5, 0)).toBe(true);
  });
});

describe('a parking lot', () => {
  const parked = (position: number, key: string) => ({
    position,
    key,
    eventId: 'e',
    eventType: 'T',
    stream: key,
    error: null,
    attempts: 0,
    parkedAt: '2026-01-01T00:00:00.000Z',
  });

  it('knows the earliest event of each key, whatever the order of parking', () => {
    const lot = parkingLot([parked(9, 'a'), parked(3, 'a')]);
    lot.park(parked(1, 'b'));
    expect(lot.first('a')?.position).toBe(3);
    lot.unpark(3);
    expect(lot.first('a')?.position).toBe(9);
    expect(lot.list().map(({ position }) => position)).toEqual([1, 9]);
    expect(lot.first('c')).toBeUndefined();
  });
});
