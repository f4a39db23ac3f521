import type { Recorded } from '#lib/event-sourcing';
import type { Parked } from '#lib/read-models';
import { errorText } from './error-text.js';

/** The parked events of a running subscription, in memory. */
export type ParkingLot = {
  /** By position, ascending. */
  readonly list: () => readonly Parked[];
  readonly at: (position: number) => Parked | undefined;
  /** The earliest parked event with this key: later events with the key are parked behind it. */
  readonly first: (key: string) => Parked | undefined;
  /** Adds an event, or replaces the one at its position. */
  readonly park: (parked: Parked) => void;
  readonly unpark: (position: number) => void;
};

export const parkingLot = (parked: readonly Parked[]): ParkingLot => {
  const byPosition = new Map(parked.map((one) => [one.position, one]));
  const sorted = () => [...byPosition.values()].sort((a, b) => a.position - b.position);

  return {
    list: sorted,
    at: (position) => byPosition.get(position),
    first: (key) => (byPosition.size === 0 ? undefined : sorted().find((one) => one.key === key)),
    park: (one) => void byPosition.set(one.position, one),
    unpark: (position) => void byPosition.delete(position),
  };
};

/** Describes an event to park. `error` is what its handler threw; null for an event that only waits behind an earlier one. */
export const toParked = (event: Recorded, key: string, error: unknown, attempts: number, now: Date): Parked => ({
  position: event.position,
  eventId: event.id,
  eventType: event.type,
  stream: event.stream,
  key,
  error: error === null ? null : errorText(error),
  attempts,
  parkedAt: now.toISOString(),
});
