import type { Recorded } from '#lib/event-sourcing';
import type { Parked } from '#lib/read-models';
import { inWords } from './in-words.js';

/** The parked events of one subscription, as it knows them while it runs. */
export type ParkingLot = {
  readonly list: () => readonly Parked[];
  readonly at: (position: number) => Parked | undefined;
  /** The earliest parked event with this key: while there is one, later ones must wait behind it. */
  readonly first: (key: string) => Parked | undefined;
  /** Adds an event, or replaces what is known of it. */
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

/** An event to be parked: `error` is what its handler said, `null` where it only waits behind an earlier one. */
export const toParked = (event: Recorded, key: string, error: unknown, attempts: number, now: Date): Parked => ({
  position: event.position,
  eventId: event.id,
  eventType: event.type,
  stream: event.stream,
  key,
  error: error === null ? null : inWords(error),
  attempts,
  parkedAt: now.toISOString(),
});
