import { z } from 'zod';
import {
  decider,
  event,
  eventCodec,
  eventTypes,
  projection,
  type Command,
  type EventOf,
  type Metadata,
} from '#lib/event-sourcing';
import type { EventStore, NewEvent } from '#lib/event-store';
import { newId } from '#lib/ids';
import { collection, increment } from '#lib/read-models';

/** The smallest domain for tests: counters that are bumped. */
export const counterEvents = eventTypes('counter', {
  CounterBumped: event(z.object({ counterId: z.string(), by: z.number() })),
});
export type CounterEvent = EventOf<typeof counterEvents>;

export const counterCodec = eventCodec([counterEvents]);

export type CounterView = { readonly id: string; readonly total: number; readonly bumps: number };

export const counters = collection<CounterView>({ name: 'counters', version: 1, indexes: [['total']] });

export const countersProjection = projection<CounterEvent, CounterView>({
  into: counters,
  from: [counterEvents],
  on: {
    CounterBumped: ({ data: { counterId, by } }) => increment(counterId, { total: by, bumps: 1 }, { id: counterId }),
  },
});

export const metadata: Metadata = {
  correlationId: 'test',
  causationId: 'test',
  actor: { kind: 'system', id: 'test' },
  schemaVersion: 1,
};

export const bumped = (counterId: string, by: number): NewEvent => ({
  id: newId(),
  type: 'CounterBumped',
  data: { counterId, by },
  metadata,
});

/** Appends one bump for each number, in order. Answers the position of the last. */
export const bump = async (store: EventStore, counterId: string, ...by: readonly number[]): Promise<number> => {
  const events = by.map((amount) => bumped(counterId, amount));
  return (await store.append({ stream: `counter-${counterId}`, expected: 'any', events })).position;
};

type Bump = Command<'Bump', { readonly counterId: string; readonly by: number }>;

/** Adds up what a counter is bumped by, times `factor`. Its states are stored once they are long. */
export const longCounter = (snapshotVersion: number, factor = 1) =>
  decider<Bump, CounterEvent, { readonly total: number }>({
    events: counterEvents,
    idOf: ({ data }) => data.counterId,
    initialState: { total: 0 },
    snapshotVersion,
    decide: { Bump: (data) => [{ type: 'CounterBumped', data }] },
    evolve: { CounterBumped: ({ total }, { by }) => ({ total: total + factor * by }) },
  });
